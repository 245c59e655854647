using ReproGate.Facts;
using ReproGate.Gates.Itself;

namespace ReproGate.Core.Tests.Gates.Itself;

public sealed class ReproGateFileMalformedTests
{
    [Fact]
    public void A_malformed_lock_carries_no_command_for_a_program_to_run()
    {
        Finding finding = ReproGateFileMalformed.CheckLock(new MalformedFile(new SourceLocation("/r/reprogate.lock.json", 3, 5), "a comma is missing"), "dotnet msbuild -t:ReproGateLock");

        Assert.Equal(("RGATE0001", 3), (finding.Rule.Id, finding.Location.Line));
        // The text names it for a person, after the file is deleted; run on the broken file it would refuse.
        Assert.Contains("dotnet msbuild -t:ReproGateLock", finding.Fix, StringComparison.Ordinal);
        Assert.Null(finding.Command);
        Assert.Empty(finding.Edits);
    }
}
