using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class TextDifferenceTests
{
    [Theory]
    [InlineData("a.deps.json", """{"targets":{"net10.0":{"A/1.0.0":{"sha512":"x"}}}}""", """{"targets":{"net10.0":{"A/1.0.0":{"sha512":"y"}}}}""", "targets:net10.0:A/1.0.0:sha512", PartKinds.JsonValue, "x", "y")]
    [InlineData("a.json", """{"a":[1,2,3]}""", """{"a":[3,1,2]}""", "a", PartKinds.Order, "1, 2, 3", "3, 1, 2")]
    [InlineData("a.json", """{"a":1,"b":2}""", """{"b":2,"a":1}""", "properties", PartKinds.Order, "a, b", "b, a")]
    [InlineData("a.json", """{"a":[1,2]}""", """{"a":[1]}""", "a[1]", PartKinds.JsonValue, "2", "")]
    [InlineData("a.json", """{"a":"1"}""", """{"a":1}""", "a", PartKinds.JsonValue, "1", "1")]
    [InlineData("a.json", "{ broken", "{ other", "line 1", PartKinds.Text, "{ broken", "{ other")]
    [InlineData("a.xml", """<doc><members><member name="M:A.B"><summary>l</summary></member></members></doc>""", """<doc><members><member name="M:A.B"><summary>r</summary></member></members></doc>""", "/doc/members/member[M:A.B]/summary/text()", PartKinds.XmlDocumentation, "l", "r")]
    [InlineData("a.nuspec", """<package><metadata><repository commit="l" /></metadata></package>""", """<package><metadata><repository commit="r" /></metadata></package>""", "/package/metadata/repository/@commit", PartKinds.XmlValue, "l", "r")]
    [InlineData("a.txt", "1\n2\n3\n4", "1\n3\n2\n4", "line 2", PartKinds.Order, "2", "3")]
    [InlineData("a.txt", "1\n2\n3", "1\nx\n3", "line 2", PartKinds.Text, "2", "x")]
    [InlineData("a.txt", "1\n2\n", "1\r\n2\r\n", "", PartKinds.LineEnds, "line feed", "carriage return and line feed")]
    public void The_place_is_named(string name, string left, string right, string where, string kind, string leftValue, string rightValue)
    {
        OutputDifference difference = TwoTrees.Compare(name, left, right)!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Equal(new DifferencePart(where.Length == 0 ? name : $"{name} › {where}", kind, leftValue, rightValue), Assert.Single(difference.Parts));
    }

    [Fact]
    public void Last_modified_of_static_assets_is_metadata_and_nothing_beside_it()
    {
        static string Endpoints(string time, string route) => $$"""{"Version":1,"Endpoints":[{"Route":"{{route}}","ResponseHeaders":[{"Name":"Last-Modified","Value":"{{time}}"},{"Name":"ETag","Value":"e"}]}]}""";

        OutputDifference times = TwoTrees.Compare("a.staticwebassets.endpoints.json", Endpoints("Mon, 01 Jan 2024 00:00:00 GMT", "a"), Endpoints("Tue, 02 Jan 2024 00:00:00 GMT", "a"))!;
        OutputDifference both = TwoTrees.Compare("a.staticwebassets.endpoints.json", Endpoints("Mon, 01 Jan 2024 00:00:00 GMT", "a"), Endpoints("Tue, 02 Jan 2024 00:00:00 GMT", "b"))!;

        Assert.Equal(Grade.MetadataOnly, times.Grade);
        Assert.Equal(new DifferencePart("a.staticwebassets.endpoints.json › Endpoints[0]:ResponseHeaders[0]:Value", PartKinds.LastModified, "Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT"), Assert.Single(times.Parts));
        Assert.Equal(Grade.Different, both.Grade);
    }

    [Fact]
    public void Many_parts_are_counted_instead_of_told()
    {
        string left = string.Join(',', Enumerable.Range(0, 500).Select(static n => $"\"k{n}\":1"));
        OutputDifference difference = TwoTrees.Compare("a.json", $"{{{left}}}", $"{{{left.Replace(":1", ":2", StringComparison.Ordinal)}}}")!;

        Assert.Equal(101, difference.Parts.Length);
        Assert.Equal("400 more places differ", difference.Parts[^1].Left);
    }

    [Fact]
    public void A_long_value_is_shown_where_it_differs()
    {
        string common = new('a', 5000);
        OutputDifference difference = TwoTrees.Compare("a.json", $$"""{"v":"{{common}}left{{common}}"}""", $$"""{"v":"{{common}}right{{common}}"}""")!;

        Assert.Contains("left", difference.Parts[0].Left, StringComparison.Ordinal);
        Assert.Contains("right", difference.Parts[0].Right, StringComparison.Ordinal);
        Assert.True(difference.Parts[0].Left.Length < 500);
    }

    [Fact]
    public void Bytes_are_shown_where_nothing_is_known()
    {
        OutputDifference difference = TwoTrees.Compare("a.bin", [0, 1, 2, 3], [0, 1, 9, 3])!;

        Assert.Equal(new DifferencePart("a.bin", PartKinds.Bytes, "at 0x2: 02 03", "at 0x2: 09 03"), Assert.Single(difference.Parts));
    }
}
