using ReproGate.Demo;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Samples;

/// <summary>Every fault of testassets in the healthy sample, judged by the plain SDK and by ReproGate: what <c>eng/demo.sh</c> shows.</summary>
public sealed class SampleFaultTests(SampleFaultTests.WorkingCopies copies) : IClassFixture<SampleFaultTests.WorkingCopies>
{
    private static readonly IReadOnlyList<Fault> All = Fault.ReadAll(Path.Combine(TestEnvironment.SourceRoot, "testassets", "faults"));

    public static TheoryData<string> Faults => [.. All.Select(static fault => fault.Key)];

    [Fact]
    public async Task The_healthy_sample_passes() => await AssertExpected(new Fault { Name = "none" });

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_caught_where_it_is(string key) => await AssertExpected(All.Single(fault => fault.Key == key));

    [Fact]
    public void Every_rule_of_the_locked_restore_gate_has_a_fault() => Assert.Empty(
        RuleCatalog.All.Where(static rule => rule.Gate == Gate.LockedRestore).Select(static rule => rule.Id).Except(All.Select(static fault => fault.Rule)));

    private async Task AssertExpected(Fault fault)
    {
        Verdict verdict = await Verdict.OfAsync(fault, copies.Plain, copies.Gated);

        Assert.True(verdict.Problem is null, $"{fault.Name}: {verdict.Problem}\n{verdict.Plain.Describe()}\n{verdict.Gated.Describe()}");
    }

    /// <summary>Locked once, reset after each fault.</summary>
    public sealed class WorkingCopies : IDisposable
    {
        public SampleRepository Plain { get; } = SampleRepository.Create(gate: false);

        public SampleRepository Gated { get; } = SampleRepository.Create(gate: true);

        public void Dispose()
        {
            Plain.Dispose();
            Gated.Dispose();
        }
    }
}
