using ReproGate.Facts;

namespace ReproGate.Assemblies.Tests;

public sealed class FactsFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("reprogate-facts-").FullName;

    private string Assembly => Path.Combine(_directory, "App.dll");

    private string File_ => Path.Combine(_directory, "reprogate", "App.facts.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_pass_runs_once_for_one_assembly()
    {
        Put("class C { void M() { Far.Thing.Make(); } }");
        AssemblyFacts first = AssemblyFactsFile.ReadOrCollect(Assembly, File_, null, out bool reusedFirst);
        byte[] bytes = File.ReadAllBytes(File_);
        AssemblyFacts second = AssemblyFactsFile.ReadOrCollect(Assembly, File_, null, out bool reusedSecond);

        Assert.False(reusedFirst);
        Assert.True(reusedSecond);
        Assert.Equal(Compiled.UsesOfFar(first), Compiled.UsesOfFar(second));
        Assert.Equal(first.NamesInStrings, second.NamesInStrings);
        Assert.Equal(bytes, File.ReadAllBytes(File_));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File_)!));
    }

    [Fact]
    public void A_moved_line_is_another_assembly()
    {
        Put("class C { void M() { Far.Thing.Make(); } }");
        AssemblyFactsFile.ReadOrCollect(Assembly, File_, null, out _);
        Put("\n\nclass C { void M() { Far.Thing.Make(); } }");
        AssemblyFacts facts = AssemblyFactsFile.ReadOrCollect(Assembly, File_, null, out bool reused);

        Assert.False(reused);
        Assert.Contains("Called Far.Thing.Make@3", Compiled.UsesOfFar(facts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":999}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void A_damaged_facts_file_is_made_anew(string content)
    {
        Put("class C { void M() { Far.Thing.Make(); } }");
        Directory.CreateDirectory(Path.GetDirectoryName(File_)!);
        File.WriteAllText(File_, content);
        AssemblyFacts facts = AssemblyFactsFile.ReadOrCollect(Assembly, File_, null, out bool reused);

        Assert.False(reused);
        Assert.NotEmpty(Compiled.UsesOfFar(facts));
        Assert.NotNull(AssemblyFactsJson.Read(File.ReadAllBytes(File_)));
    }

    private void Put(string code)
    {
        Compiled compiled = Compiled.Compile("App", code, [Compiled.FarImage, Compiled.NearImage]);
        File.WriteAllBytes(Assembly, compiled.Image);
        File.WriteAllBytes(Path.ChangeExtension(Assembly, ".pdb"), compiled.Symbols!);
    }
}
