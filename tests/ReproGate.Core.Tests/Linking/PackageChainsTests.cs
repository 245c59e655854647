using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Linking;

namespace ReproGate.Core.Tests.Linking;

public sealed class PackageChainsTests
{
    private static readonly SourceLocation Place = new("/r/packages.lock.json", 3, 5);

    [Fact]
    public void Each_reference_gives_its_shortest_chain_and_the_shorter_come_first()
    {
        PackagesLockTarget target = Target(
            Entry("Far", PackagesLockEntryType.Transitive),
            Entry("Middle", PackagesLockEntryType.Transitive, "Far"),
            Entry("B", PackagesLockEntryType.Direct, "Middle", "Far"),
            Entry("A", PackagesLockEntryType.Direct, "Middle"),
            Entry("Other", PackagesLockEntryType.Direct));

        Assert.Equal(["B>Far", "A>Middle>Far"], Chains(target, "FAR"));
    }

    [Fact]
    public void A_package_that_is_referenced_and_brought_gives_both()
        => Assert.Equal(["Far", "A>Far"], Chains(Target(Entry("A", PackagesLockEntryType.Direct, "Far"), Entry("Far", PackagesLockEntryType.Direct)), "Far"));

    [Fact]
    public void Only_projects_that_no_project_brings_begin_a_chain() => Assert.Equal(["app>core>Far"], Chains(
        Target(
            Entry("app", PackagesLockEntryType.Project, "core"),
            Entry("core", PackagesLockEntryType.Project, "Far"),
            Entry("Far", PackagesLockEntryType.CentralTransitive)),
        "Far"));

    [Fact]
    public void Cycles_and_missing_nodes_of_a_damaged_lock_end_the_search()
    {
        PackagesLockTarget target = Target(
            Entry("A", PackagesLockEntryType.Direct, "B", "Gone"),
            Entry("B", PackagesLockEntryType.Transitive, "C"),
            Entry("C", PackagesLockEntryType.Transitive, "B", "C"),
            Entry("Lone", PackagesLockEntryType.Transitive, "Lone"));

        Assert.Equal(["A>B>C"], Chains(target, "C"));
        Assert.Empty(Chains(target, "Lone"));
        Assert.Empty(Chains(target, "Gone"));
    }

    private static IEnumerable<string> Chains(PackagesLockTarget target, string id) => PackageChains.To(target, id).Select(static chain => string.Join('>', chain.Select(static entry => entry.Id)));

    private static PackagesLockTarget Target(params ImmutableArray<PackagesLockEntry> entries) => new("net10.0", ".NETCoreApp,Version=v10.0", "", "", entries, Place);

    private static PackagesLockEntry Entry(string id, PackagesLockEntryType type, params ReadOnlySpan<string> dependencies) =>
        new(id, type, "[1.0.0, )", "1.0.0", "", [.. dependencies.ToArray().Select(static name => new PackagesLockDependency(name, "1.0.0", Place))], Place);
}
