using System.Collections.Immutable;
using CsCheck;
using ReproGate.Cli.Building;
using ReproGate.Reports;

namespace ReproGate.Cli.Tests;

public sealed class EditApplierTests
{
    [Fact]
    public void Inserts_replaces_and_removes_from_the_end_so_that_places_stay_true()
    {
        string text = "one\ntwo\nthree\n";

        string result = EditApplier.Apply(text, [Edit(1, 1, 1, 1, "zero\n"), Edit(2, 1, 2, 4, "TWO"), Edit(3, 1, 4, 1, "")], out ImmutableArray<ReportedEdit> left);

        Assert.Equal("zero\none\nTWO\n", result);
        Assert.Empty(left);
    }

    [Fact]
    public void Insertions_at_one_place_keep_their_order_and_equal_ones_are_one()
    {
        string result = EditApplier.Apply("a\n", [Edit(2, 1, 2, 1, "b\n"), Edit(2, 1, 2, 1, "c\n"), Edit(2, 1, 2, 1, "b\n")], out _);

        Assert.Equal("a\nb\nc\n", result);
    }

    [Fact]
    public void Groups_of_one_item_at_one_place_become_one_for_each_kind()
    {
        string result = EditApplier.Apply("<Project>\r\n</Project>\r\n", [Group("PackageReference", "B"), Group("PackageReference", "A"), Group("ProjectReference", "C"), Group("PackageReference", "A")], out _);

        Assert.Equal(
            """
            <Project>
              <ItemGroup>
                <PackageReference Include="A" />
                <PackageReference Include="B" />
              </ItemGroup>
              <ItemGroup>
                <ProjectReference Include="C" />
              </ItemGroup>
            </Project>

            """.ReplaceLineEndings("\r\n"),
            result);

        static ReportedEdit Group(string type, string id) => Edit(2, 1, 2, 1, $"  <ItemGroup>\n    <{type} Include=\"{id}\" />\n  </ItemGroup>\n");
    }

    [Fact]
    public void Of_two_edits_that_overlap_the_second_waits()
    {
        string result = EditApplier.Apply("abcdef", [Edit(1, 2, 1, 5, "X"), Edit(1, 4, 1, 6, "Y")], out ImmutableArray<ReportedEdit> left);

        Assert.Equal("aXef", result);
        Assert.Equal(Edit(1, 4, 1, 6, "Y"), Assert.Single(left));
    }

    [Fact]
    public void Of_two_findings_that_declare_one_item_differently_the_second_waits_with_all_its_edits()
    {
        ReportedFinding first = Declares("A.csproj", """<PackageVersion Include="Far" Version="1.0.0" />""");
        ReportedFinding same = Declares("B.csproj", """<PackageVersion Include="Far" Version="1.0.0" />""");
        ReportedFinding other = Declares("C.csproj", """<PackageVersion Include="far" Version="2.0.0" />""");
        ReportedFinding another = Declares("D.csproj", """<PackageVersion Include="Near" Version="2.0.0" />""");

        Assert.Equal([first, same, another], EditApplier.Together([first, same, other, another]));
        // Each framework its own condition; an edit that declares nothing.
        ReportedFinding conditional = Declares("A.csproj", """<PackageVersion Include="Far" Version="2.0.0" Condition="'$(TargetFramework)' == 'net8.0'" />""");
        ReportedFinding removal = first with { Edits = [Edit(1, 1, 2, 1, "")] };
        Assert.Equal([first, conditional, removal], EditApplier.Together([first, conditional, removal]));

        static ReportedFinding Declares(string project, string text) => new("RGATE2001", Severity.Error, "Program.cs", 1, 1, "")
        {
            Edits = [new ReportedEdit(project, 3, 5, 3, 5, "<PackageReference Include=\"Any\" />\n    "), new ReportedEdit("Directory.Packages.props", 3, 5, 3, 5, text + "\n    ")],
        };
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(9, 1)]
    [InlineData(1, 99)]
    public void A_place_outside_the_text_is_left(int line, int column)
    {
        string result = EditApplier.Apply("abc\n", [Edit(line, column, line, column, "X")], out ImmutableArray<ReportedEdit> left);

        Assert.Equal("abc\n", result);
        Assert.Single(left);
    }

    [Fact]
    public void Line_ends_are_the_file_s() =>
        Assert.Equal("a\r\nb\r\n", EditApplier.Apply("a\r\n", [Edit(2, 1, 2, 1, "b\n")], out _));

    [Fact]
    public void Any_edit_of_any_text_leaves_what_it_does_not_touch() => Gen.Select(Gen.String[Gen.Char["ab\n"], 0, 40], Gen.Select(Gen.Int[0, 6], Gen.Int[0, 12], Gen.Int[0, 6], Gen.Int[0, 12]).Array[0, 6]).Sample((text, places) =>
    {
        ReportedEdit[] edits = [.. places.Select(static (place, i) => Edit(place.Item1, place.Item2, place.Item3, place.Item4, $"<{i}>"))];

        string result = EditApplier.Apply(text, edits, out ImmutableArray<ReportedEdit> left);

        Assert.Equal(edits.Distinct().Count() - left.Length, result.Count(static character => character == '<'));
        Assert.True(result.Count(static character => character is 'a' or 'b') <= text.Count(static character => character is 'a' or 'b'));
    });

    private static ReportedEdit Edit(int line, int column, int endLine, int endColumn, string text) => new("file", line, column, endLine, endColumn, text);
}
