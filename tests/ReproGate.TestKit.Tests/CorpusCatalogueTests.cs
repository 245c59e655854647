using ReproGate.Corpus;
using Xunit;

namespace ReproGate.TestKit.Tests;

/// <summary>The catalogue of mutations is well-formed; <c>eng/corpus.sh</c> puts it to work.</summary>
public sealed class CorpusCatalogueTests
{
    private static readonly Catalogue All = Catalogue.Read(Path.Combine(TestEnvironment.SourceRoot, "testassets", "corpus"));

    [Fact]
    public void Every_rule_that_a_plain_build_judges_has_a_mutation_or_a_reason_for_none()
    {
        string[] judged = [.. RuleCatalog.All.Where(static rule => rule.Gate != Gate.CleanRoom).Select(static rule => rule.Id)];

        Assert.Empty(judged.Except(All.Mutations.Select(static mutation => mutation.Fault.Rule)).Except(All.Unseeded.Keys));
        Assert.Empty(All.Mutations.Select(static mutation => mutation.Fault.Rule).Except(judged));
        Assert.All(All.Unseeded, static pair => Assert.True(RuleCatalog.Find(pair.Key) is not null && pair.Value.Length > 0, pair.Key));
        Assert.True(All.Mutations.Count >= 150, $"{All.Mutations.Count} mutations");
    }

    [Fact]
    public void Each_mutation_says_where_it_is_told_and_has_a_near_miss()
    {
        Assert.Equal(All.Mutations.Count, All.Mutations.Select(static mutation => mutation.Key).Distinct(StringComparer.Ordinal).Count());
        Assert.All(All.Mutations, static mutation =>
        {
            Assert.True(All.Places.ContainsKey(mutation.Place), $"{mutation.Key} needs {mutation.Place}");
            Assert.Contains(mutation.Class, (string[])["environment", "dependency", "phase", "infrastructure", "determinism"]);
            Assert.True(mutation.Fault.At is { File.Length: > 0 }, $"{mutation.Key} says no place");
            Assert.True(mutation.Fault.Name.Length > 0 && mutation.Near.Name.Length > 0, mutation.Key);
            Assert.True(mutation.Near.Rule.Length == 0 && mutation.Near.At is null, $"{mutation.Key}'s near miss must pass");
            Assert.True(mutation.Fault.Edits.Count > 0 && mutation.Near.Edits.Count > 0, $"{mutation.Key} changes nothing");
        });
    }

    [Fact]
    public void No_fault_is_seeded_twice_and_no_near_miss_is_the_fault()
    {
        Assert.All(All.Mutations, static mutation => Assert.False(
            Text(mutation.Fault) + Variables(mutation.Fault) == Text(mutation.Near) + Variables(mutation.Near) && mutation.NearStage is null,
            $"the near miss of {mutation.Key} is its fault"));
        string[] faults = [.. All.Mutations.Select(static mutation => $"{mutation.Fault.Rule} {mutation.Place} {Text(mutation.Fault)} {Variables(mutation.Fault)}")];
        Assert.Empty(faults.GroupBy(static text => text, StringComparer.Ordinal).Where(static group => group.Count() > 1).Select(static group => group.Key));
    }

    private static string Variables(Fault fault) => string.Join(";", fault.Environment.Select(static pair => $"{pair.Key}={pair.Value}"));

    private static string Text(Fault fault) => string.Join("\n", fault.Edits.Select(static edit => edit.ToString()));
}
