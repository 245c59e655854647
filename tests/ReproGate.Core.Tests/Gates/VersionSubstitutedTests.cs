using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;

namespace ReproGate.Core.Tests.Gates;

public sealed class VersionSubstitutedTests
{
    private static readonly RestoredRequest Exact = Ask("1.0.0");

    [Fact]
    public void A_direct_package_with_another_version_than_its_lower_bound_was_substituted() =>
        Assert.Single(Check([Exact], Resolved("1.1.0")));

    [Fact]
    public void A_direct_package_at_its_lower_bound_was_not() => Assert.Empty(Check([Exact], Resolved("1.0.0")));

    [Fact]
    public void A_direct_package_wins_over_a_higher_request() =>
        Assert.Empty(Check([Exact], Resolved("1.0.0"), Package("B", Ask("2.0.0"))));

    [Fact]
    public void A_transitive_package_lifted_by_one_of_several_was_not() =>
        Assert.Empty(Check([], Resolved("1.5.0"), Package("A", Exact), Package("B", Ask("1.5.0"))));

    [Fact]
    public void A_transitive_package_nobody_asked_for_at_that_version_was_substituted() =>
        Assert.Single(Check([], Resolved("1.6.0"), Package("A", Exact), Package("B", Ask("1.5.0"))));

    [Fact]
    public void A_central_version_lifts_it() =>
        Assert.Empty(Check([], Resolved("1.6.0"), [Ask("1.6.0")], Package("A", Exact)));

    [Fact]
    public void An_exclusive_lower_bound_names_no_version_of_its_own() =>
        Assert.Empty(Check([new RestoredRequest("X", "(1.0.0, )", "1.0.0", false, false)], Resolved("1.0.1")));

    [Fact]
    public void A_floating_version_is_another_rules_matter() =>
        Assert.Empty(Check([new RestoredRequest("X", "1.*", "1.0.0", true, true)], Resolved("1.7.0")));

    [Fact]
    public void A_package_that_asks_without_lower_bound_got_what_the_feed_had()
    {
        RestoredRequest any = new("X", "(, 2.0.0]", "", false, false);
        Assert.Contains("no lower bound", Assert.Single(Check([], Resolved("1.0.0"), Package("A", any))).Why, StringComparison.Ordinal);
        Assert.Empty(Check([any], Resolved("1.0.0")));
    }

    private static RestoredRequest Ask(string version) => new("X", $"[{version}, )", version, true, false);

    private static RestoredLibrary Resolved(string version) => new("X", version, true, [], []);

    private static RestoredLibrary Package(string id, RestoredRequest request) => new(id, "1.0.0", true, [request], []);

    private static List<Finding> Check(ImmutableArray<RestoredRequest> direct, params RestoredLibrary[] libraries) => Check(direct, libraries[0], [], libraries[1..]);

    private static List<Finding> Check(ImmutableArray<RestoredRequest> direct, RestoredLibrary resolved, ImmutableArray<RestoredRequest> central, params RestoredLibrary[] others) =>
        [.. VersionSubstituted.Check("/repo/App.csproj", new RestoredFramework("net10.0", "net10.0", [.. direct, .. others.Select(static other => new RestoredRequest(other.Id, "1.0.0", "1.0.0", true, false))], central, []), [new RestoredTarget("net10.0", "", [resolved, .. others])], static _ => null)];
}
