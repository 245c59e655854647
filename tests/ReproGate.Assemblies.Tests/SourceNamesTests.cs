namespace ReproGate.Assemblies.Tests;

public sealed class SourceNamesTests
{
    [Theory]
    [InlineData("class C\n{\n    Far.Thing? f;\n}", "Far.Thing", 0, 3, 9)]
    [InlineData("using Far;\nclass C : Thing { }", "Far.Thing", 0, 2, 11)]
    [InlineData("class C : global::Thing { }", "Thing", 0, 0, 0)]
    [InlineData("class C : Far . Thing { }", "Far.Thing", 0, 1, 17)]
    [InlineData("[Mark]\nclass C { }", "Far.MarkAttribute", 2, 1, 2)]
    [InlineData("class C : Base<int> { }", "Far.Base`1", 0, 1, 11)]
    [InlineData("class C { Thing.Nested n; }", "Far.Thing+Nested", 0, 1, 17)]
    // A qualified name before a plain one; of several the last one up to the line.
    [InlineData("class C { Thing a;\nFar.Thing b; }", "Far.Thing", 0, 2, 5)]
    [InlineData("class C {\nThing a;\nvoid M(Thing x)\n{\n}\nThing b; }", "Far.Thing", 4, 3, 8)]
    [InlineData("class C {\nvoid M()\n{\n}\nThing b; }", "Far.Thing", 3, 5, 1)]
    // Near misses: comments, texts, other names, members, what is declared under the same name.
    [InlineData("// Far.Thing\n/* Far.Thing\n*/ class C { Far.Thing f; }", "Far.Thing", 0, 3, 18)]
    [InlineData("class C { string s = \"Far.Thing\"; string t = @\"Far.Thing\"\"Far.Thing\"; char c = '\"';\nFar.Thing f; }", "Far.Thing", 0, 2, 5)]
    [InlineData("class C { string s = \"\"\"\nFar.Thing \" \"\"\n\"\"\";\nFar.Thing f; }", "Far.Thing", 0, 4, 5)]
    [InlineData("class C { string s = @\"C:\\\nFar.Thing\n\"; }", "Far.Thing", 0, 0, 0)]
    [InlineData("class C { string s = \"\\\"Far.Thing\";\nFar.Thing f; }", "Far.Thing", 0, 2, 5)]
    [InlineData("class C { Things a; MyThing b; Thing_ c; }", "Far.Thing", 0, 0, 0)]
    [InlineData("class C { Other.Thing a; int b = x().Thing + y.Thing; }", "Far.Thing", 0, 0, 0)]
    [InlineData("namespace Thing;\nclass Thing { }\nrecord Thing;", "Far.Thing", 0, 0, 0)]
    [InlineData("class C { }", "Far.Thing", 0, 0, 0)]
    [InlineData("", "", 0, 0, 0)]
    public void A_type_is_found_where_code_names_it(string text, string type, int near, int line, int column) =>
        Assert.Equal(line == 0 ? null : (line, column), SourceNames.Find(text, type, near));

    [Theory]
    [InlineData("\"")]
    [InlineData("\"\"\"")]
    [InlineData("@\"\"")]
    [InlineData("'\\")]
    [InlineData("/*")]
    [InlineData("Far.")]
    [InlineData("Far.Thing")]
    public void Half_a_file_ends_in_bounded_time(string part)
    {
        _ = SourceNames.Find(part, "Far.Thing", 1);
        _ = SourceNames.Find(string.Concat(Enumerable.Repeat(part, 20_000)), "Far.Thing", 1);
    }
}
