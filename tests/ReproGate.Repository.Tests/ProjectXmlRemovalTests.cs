using ReproGate.Facts;
using ReproGate.Repository.ProjectXml;

namespace ReproGate.Repository.Tests;

/// <summary>How a declaration is taken out of an MSBuild file.</summary>
public sealed class ProjectXmlRemovalTests
{
    [Theory]
    [InlineData("    <PackageReference Include=\"Acme.Json\" />", true)]
    [InlineData("\t<PackageReference Include=\" acme.json \" Version=\"1.0.0\"/>  ", true)]
    [InlineData("<PackageReference Condition=\"'$(A)' == ''\" Include=\"Acme.Json\" />", true)]
    // Others would go with it.
    [InlineData("<PackageReference Include=\"Acme.Json;Acme.Text\" />", false)]
    [InlineData("<PackageReference Include=\"Acme.Json\" /><PackageReference Include=\"Acme.Text\" />", false)]
    [InlineData("<PackageReference Include=\"Acme.Json\" /></ItemGroup><ItemGroup>", false)]
    // Half of it would stay.
    [InlineData("<PackageReference Include=\"Acme.Json\">\n<Version>1.0.0</Version>\n</PackageReference>", false)]
    [InlineData("<PackageReference\nInclude=\"Acme.Json\" />", false)]
    [InlineData("<PackageReference Include=\"Acme.Json\" /> <!-- of the importer -->", false)]
    [InlineData("<PackageReference Update=\"Acme.Json\" />", false)]
    [InlineData("<PackageReference Include=\"Acme.Other\" />", false)]
    public void A_line_is_taken_out_where_it_holds_the_declaration_and_nothing_else(string line, bool removed)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("removal").FullName, "A.csproj");
        try
        {
            File.WriteAllText(file, $"<Project>\n<ItemGroup>\n{line}\n</ItemGroup>\n</Project>\n");
            var positions = new ProjectXmlPositions();
            Assert.Equal(removed ? new TextEdit(file, 3, 1, 4, 1, "") : null, positions.Removal(positions.Item(file, "PackageReference", "Acme.Json"), "Acme.Json"));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }
}
