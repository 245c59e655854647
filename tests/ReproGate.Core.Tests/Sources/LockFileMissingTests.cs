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
        Finding finding = Assert.Single(LockFileMissing.Check(Build.Project() with { LockFileEnabled = false, LockFileExists = exists }));

        Assert.Equal("disabled", finding.Subject);
        Assert.Contains(why, finding.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, false, 0)]
    [InlineData(false, false, false, 1)]
    // Somebody is writing it; in CI nobody is.
    [InlineData(false, true, false, 0)]
    [InlineData(false, true, true, 1)]
    public void A_missing_lock_file_is_told_unless_it_is_being_written(bool exists, bool evaluates, bool ci, int findings) =>
        Assert.Equal(findings, LockFileMissing.Check(Build.Project() with { LockFileExists = exists, ForceEvaluate = evaluates, ContinuousIntegration = ci }).Count());
}
