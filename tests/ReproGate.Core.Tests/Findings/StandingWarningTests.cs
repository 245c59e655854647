using System.Text.RegularExpressions;
using CsCheck;

namespace ReproGate.Core.Tests.Findings;

public sealed class StandingWarningTests
{
    [Fact]
    public void A_line_keeps_every_field_of_any_text_apart()
    {
        const string Nasty = "\n\r\té日;,%|\\$@'\"";
        Gen<string> text = Gen.String[Gen.OneOf(Gen.Char[' ', '~'], Gen.Int[0, Nasty.Length - 1].Select(static i => Nasty[i])), 0, 60];
        Gen.Select(text, text, text, Gen.Int[0, 3]).Sample(static (file, help, message, line) =>
        {
            string written = StandingWarning.ToLine("RGATE1001", new SourceLocation(file, line, line), help, message);

            Assert.DoesNotContain('\n', written);
            Assert.DoesNotContain('\r', written);
            Assert.DoesNotContain('\\', written);
            Assert.Equal(["RGATE1001", line > 0 ? $"{file}({line},{line})" : file, help, message], written.Split(',').Select(Unescape).Select(Unescape));
        });
    }

    // MSBuild's own rule: %XX is one character.
    private static string Unescape(string field) =>
        Regex.Replace(field, "%([0-9A-F]{2})", static match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());
}
