using System.Text;
using CliWrap;
using CsCheck;
using ReproGate.Cli.Building;

namespace ReproGate.Cli.Tests;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Shows_what_is_added_with_three_lines_around() => Assert.Equal(
        """
        --- a/x.csproj
        +++ b/x.csproj
        @@ -2,4 +2,5 @@
         b
         c
         d
        +new
         e

        """.ReplaceLineEndings("\n"),
        UnifiedDiff.Of("x.csproj", "a\nb\nc\nd\ne\n", "a\nb\nc\nd\nnew\ne\n"));

    [Fact]
    public void A_new_file_comes_from_nowhere() => Assert.Equal("--- /dev/null\n+++ b/n\n@@ -0,0 +1,2 @@\n+a\n+b\n", UnifiedDiff.Of("n", null, "a\nb\n"));

    [Fact]
    public void Equal_texts_have_none() => Assert.Empty(UnifiedDiff.Of("n", "a\n", "a\n"));

    [Fact]
    public async Task Git_applies_it()
    {
        string folder = Directory.CreateTempSubdirectory("diff").FullName;
        try
        {
            int cases = 0;
            foreach ((string[] before, string[] after) in Gen.Select(Lines, Lines).Array[40].Single())
            {
                string old = Text(before);
                string now = Text(after);
                string diff = UnifiedDiff.Of("f", old, now);
                if (old.Length == 0 || now.Length == 0 || diff.Length == 0)
                {
                    continue;
                }

                cases++;
                await File.WriteAllTextAsync(Path.Combine(folder, "f"), old);
                var error = new StringBuilder();
                await CliWrap.Cli.Wrap("git").WithArguments(["apply", "--unidiff-zero", "-"]).WithWorkingDirectory(folder).WithStandardInputPipe(PipeSource.FromString(diff)).WithStandardErrorPipe(PipeTarget.ToStringBuilder(error)).WithValidation(CommandResultValidation.None).ExecuteAsync();
                Assert.True(await File.ReadAllTextAsync(Path.Combine(folder, "f")) == now, $"{error}\n{diff}");
            }

            Assert.InRange(cases, 10, 40);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Gen<string[]> Lines => Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("c"), Gen.Const("d")).Array[0, 30];

    private static string Text(string[] lines) => string.Concat(lines.Select(static line => line + "\n"));
}
