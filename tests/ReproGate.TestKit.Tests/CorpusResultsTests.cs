using ReproGate.Corpus;
using Xunit;

namespace ReproGate.TestKit.Tests;

/// <summary>What <c>eng/corpus.sh</c> keeps between runs, how it divides its work, and what its tables count.</summary>
public sealed class CorpusResultsTests
{
    private static readonly Catalogue All = Catalogue.Read(Path.Combine(TestEnvironment.SourceRoot, "testassets", "corpus"));

    [Fact]
    public void What_is_judged_is_not_judged_again_unless_its_text_changes()
    {
        string file = Path.Combine(TestEnvironment.Root, "corpus", "results.json");
        Mutation mutation = All.Mutations[0];
        Kept first = Kept.Read(file, All);
        Assert.False(first.Has("sample", mutation, whole: false));

        first.Add([Outcome(mutation, Answer.Right, plain: "NU1004", Mend.Tool, mended: null)]);
        Kept second = Kept.Read(file, All);

        Assert.True(second.Has("sample", mutation, whole: false));
        // Its mend was not tried.
        Assert.False(second.Has("sample", mutation, whole: true));
        Assert.False(second.Has("generated", mutation, whole: false));
        Mutation changed = mutation with { Fault = mutation.Fault with { Name = "Another" } };
        Assert.False(second.Has("sample", changed, whole: false));
        // The plain SDK is another matter: it does not change with the text of the expectation.
        Assert.Equal("NU1004", second.Plain("sample", changed));
        Assert.Empty(Kept.Read(file, All with { Mutations = [changed] }).Outcomes);

        // Not asked of the plain SDK this time: what it said before stays.
        second.Add([Outcome(mutation, Answer.Right, plain: null, Mend.Person, mended: null)]);
        Assert.True(Kept.Read(file, All).Has("sample", mutation, whole: true));
        Assert.Equal("NU1004", Kept.Read(file, All).Plain("sample", mutation));

        // A fault without its near miss is not judged.
        second.Add([Outcome(mutation, Answer.Right, plain: null, Mend.Person, mended: null) with { Accused = null }]);
        Assert.False(Kept.Read(file, All).Has("sample", mutation, whole: false));
        Assert.Empty(Kept.Read(file, All).Outcomes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Every_mutation_is_in_one_part_that_holds_no_more_projects_than_asked(int projects)
    {
        Catalogue together = All with { Mutations = [.. All.Mutations.Where(static mutation => mutation.Stage != Stage.Alone)] };

        (string Part, Catalogue Mutations)[] parts = [.. GeneratedRepository.Parts(together, projects)];

        Assert.Equal(together.Mutations.Select(static mutation => mutation.Key).Order(StringComparer.Ordinal), parts.SelectMany(static part => part.Mutations.Mutations).Select(static mutation => mutation.Key).Order(StringComparer.Ordinal));
        Assert.Equal(parts.Length, parts.Select(static part => part.Part).Distinct().Count());
        Assert.All(parts, part =>
        {
            Assert.Single(part.Mutations.Mutations.Select(static mutation => (mutation.Stage, mutation.Place.StartsWith("app", StringComparison.Ordinal))).Distinct());
            int shared = part.Mutations.Mutations.Count(mutation => All.Places[mutation.Place].Shared);
            Assert.InRange(part.Mutations.Mutations.Count - shared + ((shared + 19) / 20), 1, projects);
        });
    }

    [Fact]
    public void The_tables_count_each_answer_with_its_denominator()
    {
        Outcome[] outcomes =
        [
            Outcome(All.Mutations[0], Answer.Right, plain: "", Mend.Tool, mended: true),
            Outcome(All.Mutations[1], Answer.Right, plain: "NU1004", Mend.Tool, mended: false) with { Left = "RGATE0090 at A.csproj(0)" },
            Outcome(All.Mutations[2], Answer.Missed, plain: null, mend: null, mended: null),
            Outcome(All.Mutations[3], Answer.Right, plain: "", Mend.Person, mended: null) with { Accused = "RGATE1013" },
        ];
        Untouched[] untouched = [new("sample", "", "", 5, new Dictionary<string, int> { ["RGATE2001"] = 2 })];

        var report = new DetectionReport(outcomes, untouched);
        string text = report.Markdown();

        Assert.True(report.Failed);
        Assert.Contains("| 3 of 4 mutations | 75.0 % |", text, StringComparison.Ordinal);
        // Three told rightly, one near miss accused, two findings of the untouched repository.
        Assert.Contains("| 3 of 6 told | 50.0 % |", text, StringComparison.Ordinal);
        Assert.Contains("| 1 of 2 mends tried | 50.0 % |", text, StringComparison.Ordinal);
        Assert.Contains("| 1 of 3 told | 33.3 % |", text, StringComparison.Ordinal);
        Assert.Contains("| 1 of 3 mutations | 33.3 % |", text, StringComparison.Ordinal);
        Assert.Contains("| **all** | 4 | 3 | 0 | 0 | 1 | 1 | 2 | 1 | 1 of 2 | – | 1 |", text, StringComparison.Ordinal);
        Assert.Contains("| RGATE0090 at A.csproj(0) |", text, StringComparison.Ordinal);
        Assert.False(new DetectionReport(outcomes[..2], []).Failed);
        Assert.Contains(">4</text>", DetectionPlot.Svg([.. outcomes.Select(static outcome => outcome with { Rule = "RGATE1001" })]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_cannot_take_the_tables_is_told_before_anything_is_judged()
    {
        string folder = Directory.CreateTempSubdirectory("corpus page ü").FullName;
        try
        {
            var page = new FileInfo(Path.Combine(folder, "detection.md"));
            Assert.Contains("is not there", DetectionReport.WhyNotInto(page), StringComparison.Ordinal);

            File.WriteAllText(page.FullName, "before\n<!-- end of figures -->\n<!-- figures -->\n");
            Assert.Contains("has no '<!-- figures -->'", DetectionReport.WhyNotInto(new FileInfo(page.FullName)), StringComparison.Ordinal);

            File.WriteAllText(page.FullName, "before\n<!-- figures -->\nold\n<!-- end of figures -->\nbehind\n");
            Assert.Null(DetectionReport.WhyNotInto(new FileInfo(page.FullName)));
            DetectionReport.WriteInto(page.FullName, "new\n");
            Assert.Equal("before\n<!-- figures -->\nnew\n<!-- end of figures -->\nbehind\n", File.ReadAllText(page.FullName));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Outcome Outcome(Mutation mutation, Answer answer, string? plain, Mend? mend, bool? mended) =>
        new("sample", "", "0123456789", mutation.Key, mutation.Hash, mutation.Fault.Name, mutation.Fault.Rule, answer, "", plain, mend, mended, "", "");
}
