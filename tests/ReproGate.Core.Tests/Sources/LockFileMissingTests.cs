using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;

namespace ReproGate.Core.Tests.Sources;

/// <summary>RGATE1001.</summary>
public sealed class LockFileMissingTests
{
    [Theory]
    [InlineData(true, "NU1005")]
    [InlineData(false, "transitive")]
    public void Lock_files_switched_off_are_told_whether_or_not_one_lies_there(bool exists, string why)
    {
        Finding finding = Assert.Single(LockFileMissing.Check(Build.Project() with { LockFileEnabled = false, LockFileExists = exists }, Set("RestorePackagesWithLockFile", "false")));

        Assert.Equal("disabled", finding.Subject);
        Assert.Contains(why, finding.Why, StringComparison.Ordinal);
        Assert.Equal(new SourceLocation("/repo/eng/Common.props", 7, 5), finding.Location);
        Assert.Equal("true", Assert.Single(finding.Edits).NewText);
        // On the command line, or by a variable.
        Finding elsewhere = Assert.Single(LockFileMissing.Check(Build.Project() with { LockFileEnabled = false }, Set("RestorePackagesWithLockFile", "true")));
        Assert.Equal((Build.Project().ProjectPath, 0, true), (elsewhere.Location.File, elsewhere.Location.Line, elsewhere.Edits.IsEmpty));
    }

    [Theory]
    [InlineData(true, false, false, 0)]
    [InlineData(false, false, false, 1)]
    // Somebody is writing it; in CI nobody is.
    [InlineData(false, true, false, 0)]
    [InlineData(false, true, true, 1)]
    public void A_missing_lock_file_is_told_unless_it_is_being_written(bool exists, bool evaluates, bool ci, int findings) =>
        Assert.Equal(findings, LockFileMissing.Check(Build.Project() with { LockFileExists = exists, ForceEvaluate = evaluates, ContinuousIntegration = ci }, new RepositoryFiles()).Count());

    private static RepositoryFiles Set(string property, string value) => new()
    {
        Files =
        [
            new ProjectFileText("/repo/eng/Common.props",
            [
                new ProjectElement(property, new SourceLocation("/repo/eng/Common.props", 7, 5)) { Parent = "PropertyGroup", Text = value, TextSpan = new TextSpan("/repo/eng/Common.props", 7, 40, 40 + value.Length) },
            ]),
        ],
    };
}
