using ReproGate.Facts;
using ReproGate.Repository.ProjectXml;

namespace ReproGate.Repository.Tests;

/// <summary>Where something new goes in an MSBuild file.</summary>
public sealed class ProjectXmlEndTests
{
    [Theory]
    [InlineData("<Project>\n  <PropertyGroup />\n</Project>\n", 3, "  ")]
    [InlineData("<Project>\r\n    <PropertyGroup>\r\n    </PropertyGroup>\r\n</Project>", 4, "    ")]
    [InlineData("<Project>\n\t<PropertyGroup />\n</Project>\n", 3, "\t")]
    [InlineData("<Project>\n</Project>\n<!-- behind -->\n", 2, "  ")]
    [InlineData("<Project><PropertyGroup /></Project>", 0, "")]
    [InlineData("<Project>\n  <PropertyGroup />\n  </Project>\n", 0, "")]
    [InlineData("<Project />", 0, "")]
    [InlineData("<Project>\n  <PropertyGroup>\n</Project>\n", 0, "")]
    [InlineData("no xml", 0, "")]
    public void It_is_the_line_of_the_end_tag_where_that_begins_the_line(string text, int line, string indent)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("end").FullName, "A.csproj");
        try
        {
            File.WriteAllText(file, text);
            DeclarationEnd? end = new ProjectXmlPositions().End(file);
            Assert.Equal(line == 0 ? null : new DeclarationEnd(new SourceLocation(file, line, 1), indent), end);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }
}
