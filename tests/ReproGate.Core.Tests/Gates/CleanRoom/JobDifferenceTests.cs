using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;

namespace ReproGate.Core.Tests.Gates.CleanRoom;

/// <summary>RGATE4201 over several jobs, on facts alone.</summary>
public sealed class JobDifferenceTests
{
    [Fact]
    public void Two_machines_with_one_image_that_give_other_bits_are_an_error()
    {
        JobOutputs first = Built("one", ("App.dll", "a1"), ("App.wasm.br", "b1"), ("only-here", "c1")) with { Machine = "docker 29 of one" }, second = Built("two", ("App.dll", "a1"), ("App.wasm.br", "b2")) with { Machine = "docker 29 of two" };

        JobDifference difference = Assert.Single(JobDifference.Between([first, second]));
        Finding finding = OutputDiffersBetweenJobs.Check(difference);

        Assert.Equal(("RGATE4201", null, "Shop.slnx"), (finding.Rule.Id, finding.DefaultSeverity, finding.Location.File));
        Assert.Contains("2 outputs of Shop.slnx are not the same on two machines with the same image for linux/amd64, docker 29 of one (job one) and docker 29 of two (job two): App.wasm.br (b1 and b2), only-here (c1 and absent); cause: machine.", finding.What, StringComparison.Ordinal);
        Assert.DoesNotContain("may differ by itself", finding.What, StringComparison.Ordinal);
        Assert.Contains("may differ by itself", OutputDiffersBetweenJobs.Check(Assert.Single(JobDifference.Between([first with { IsRebuilt = false }, second with { IsRebuilt = false }]))).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_platforms_or_two_images_are_a_note()
    {
        JobOutputs first = Built("amd", ("App", "a1")), second = Built("arm", ("App", "a2")) with { Platform = "linux/arm64" }, third = Built("old", ("App", "a3")) with { Image = "sdk@2" };

        Finding[] findings = [.. JobDifference.Between([first, second, third]).Select(OutputDiffersBetweenJobs.Check)];

        Assert.Equal([Severity.Info, Severity.Info], findings.Select(static finding => finding.DefaultSeverity));
        Assert.Contains("An output of Shop.slnx is not the same for linux/amd64 and linux/arm64: App (a1 and a2).", findings[0].What, StringComparison.Ordinal);
        Assert.Contains("for two images for linux/amd64, sdk@1 and sdk@2", findings[1].What, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_bits_other_entries_and_what_a_job_told_itself_are_nothing()
    {
        JobOutputs first = Built("one", ("App.dll", "a1"));

        Assert.Empty(JobDifference.Between([first, Built("two", ("App.dll", "a1"))]));
        Assert.Empty(JobDifference.Between([first, Built("two", ("App.dll", "a2")) with { Entry = "Other.slnx" }]));
        Assert.Empty(JobDifference.Between([first, Built("two", ("App.dll", "a2")) with { Configuration = "Debug" }]));
        Assert.Empty(JobDifference.Between([first, Built("two", ("App.dll", "a2")) with { Told = ["App.dll"] }]));
    }

    private static JobOutputs Built(string job, params (string Path, string Hash)[] outputs) => new(job, "Shop.slnx", "Release", outputs.ToImmutableSortedDictionary(static output => output.Path, static output => output.Hash, StringComparer.Ordinal))
    {
        Platform = "linux/amd64",
        Image = "sdk@1",
        IsRebuilt = true,
    };
}
