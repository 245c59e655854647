using ReproGate.Facts;
using ReproGate.Repository.Evaluation;
using ReproGate.Repository.Machine;

namespace ReproGate.Repository.Tests.Machine;

public sealed class VariablesReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reprogate-variables-").FullName;

    [Theory]
    [InlineData("$([System.Environment]::ExpandEnvironmentVariables('%ACME_HOME%/x'))", "ACME_HOME")]
    [InlineData("$([System.Environment]::ExpandEnvironmentVariables('%25ACME_HOME%25/x'))", "ACME_HOME")]
    [InlineData("$([System.Environment]::ExpandEnvironmentVariables('%25ACME_HOME%/%OTHER%25'))", "ACME_HOME|OTHER")]
    // Near misses: an escaped percent sign that encloses no name, and a text that is not expanded.
    [InlineData("$([System.Environment]::ExpandEnvironmentVariables('100%25 of a/b%25'))", "")]
    [InlineData("$([System.String]::Concat('%25ACME_HOME%25', 'x'))", "")]
    [InlineData("%25ACME_HOME%25", "")]
    public void Variables_are_read_by_name_however_the_percent_sign_is_written(string text, string names) =>
        Assert.Equal(names, string.Join('|', Read($"<A>{text}</A>").Select(static read => read.Name)));

    [Theory]
    // As the SDK has it, in a target that hardly any build runs.
    [InlineData("TEMP", "<TEMP Condition=\"'$(TEMP)' == ''\">$([System.IO.Path]::GetTempPath())</TEMP>", true)]
    [InlineData("TEMP", "<TEMP\n  Condition = \" '$(temp)' == '' \">x</TEMP>", true)]
    [InlineData("TEMP", "<TEMP>$(BaseIntermediateOutputPath)temp</TEMP>", false)]
    [InlineData("TEMP", "<TEMP Condition=\"'$(OS)' == 'Unix'\">x</TEMP>", false)]
    [InlineData("TEMP", "<TEMPO>x</TEMPO>", true)]
    // An attribute of that name gives the property nothing.
    [InlineData("PATH", "<Thing Path=\"x\" />", true)]
    [InlineData("PATH", "<Thing Other='y' Path='x' />", true)]
    [InlineData("PATH", "<MSBuild Properties=\"PATH=x\" />", false)]
    [InlineData("PATH", "<MSBuild Properties=\"A=1;PATH=x\" />", false)]
    [InlineData("PATH", "<MSBuild Properties=\"A=1;\n  Path = x\" />", false)]
    [InlineData("PATH", "<Output TaskParameter=\"P\" PropertyName=\"Path\" />", false)]
    // Another name's default counts: that is how a property is declared.
    [InlineData("ACME_HOME", "<ACME_HOME Condition=\"'$(ACME_HOME)' == ''\">x</ACME_HOME>", false)]
    public void A_file_outside_answers_only_where_it_gives_the_property_a_value(string name, string outside, bool told) =>
        Assert.Equal(told ? [name] : [], Read($"<A>$({name})/x</A>", outside).Select(static read => read.Name));

    [Fact]
    public void A_default_of_the_repository_itself_answers() =>
        Assert.Empty(Read("<TEMP Condition=\"'$(TEMP)' == ''\">obj</TEMP><A>$(TEMP)/x</A>"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<VariableRead> Read(string properties, string outside = "")
    {
        string path = Path.Combine(_folder, "App.csproj");
        string sdk = Path.Combine(_folder, "Sdk.targets");
        File.WriteAllText(path, $"<Project><PropertyGroup>{properties}</PropertyGroup></Project>");
        File.WriteAllText(sdk, $"<Project><PropertyGroup>{outside}</PropertyGroup></Project>");
        var own = new RepositoryFiles { Files = [ProjectFileReader.Read(path, [])!] };
        return VariablesReader.Read(own, new Evaluation([path, sdk]), static (name, _, _) => name is "TEMP" or "PATH" or "ACME_HOME" or "OTHER", static name => name is "TEMP" or "PATH");
    }

    private sealed class Evaluation(IReadOnlyCollection<string> imports) : IEvaluatedProject
    {
        public IReadOnlyCollection<string>? Imports { get; } = imports;

        public IReadOnlyDictionary<string, string> GlobalProperties { get; } = new Dictionary<string, string>();

        public string? Expand(string text) => null;

        public bool? Holds(string condition) => condition != "'$(TEMP)' == ''";
    }
}
