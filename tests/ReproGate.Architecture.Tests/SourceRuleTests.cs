using System.Text.RegularExpressions;

namespace ReproGate.Architecture.Tests;

/// <summary>The rules of the house that a reader of the source can check.</summary>
public sealed partial class SourceRuleTests
{
    [Fact]
    public void No_catch_all_no_sleep_no_console_no_placeholder_in_the_package()
    {
        var faults = new List<string>();
        foreach (string file in Source.Files("src", "*.cs"))
        {
            string relative = Path.GetRelativePath(Source.Root, file);
            bool isTool = relative.Contains("ReproGate.Cli", StringComparison.Ordinal);
            string[] lines = File.ReadAllLines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                if (CatchAll().IsMatch(lines[i]) || Placeholder().IsMatch(lines[i]) || (!isTool && Forbidden().IsMatch(lines[i])))
                {
                    faults.Add($"{relative}({i + 1}): {lines[i].Trim()}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Every_namespace_is_ours()
    {
        var faults = new List<string>();
        foreach (string file in Source.Files("src", "*.cs"))
        {
            Match match = Namespace().Match(File.ReadAllText(file));
            if (match.Success && !match.Groups[1].Value.StartsWith("ReproGate", StringComparison.Ordinal))
            {
                faults.Add($"{Path.GetRelativePath(Source.Root, file)}: {match.Groups[1].Value}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    // A filter after the type makes it narrow.
    [GeneratedRegex(@"\bcatch\s*(\(\s*(System\.)?Exception(\s+\w+)?\s*\))?\s*(\{|$)")]
    private static partial Regex CatchAll();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|NotImplementedException")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"Thread\.Sleep|\bConsole\.|Directory\.GetCurrentDirectory|Environment\.CurrentDirectory")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
