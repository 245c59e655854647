using System.Collections.Immutable;
using System.Text;
using ReproGate.Facts;
using ReproGate.Repository.Evaluation;
using ReproGate.Repository.Machine;

namespace ReproGate.Repository.Tests.Machine;

public sealed class FrozenVariablesReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("frozen").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("<PropertyGroup><DefineConstants>$(DefineConstants);U=$(API_URL)</DefineConstants></PropertyGroup>", FrozenInto.Constant, "DefineConstants")]
    [InlineData("<PropertyGroup><Url>$(API_URL)</Url><InformationalVersion>1.0+$(Url)</InformationalVersion></PropertyGroup>", FrozenInto.AssemblyAttribute, "Url>InformationalVersion")]
    [InlineData("<PropertyGroup><Version>$(Url)</Version><Url>$(Base)/x</Url><Base>$([System.Environment]::GetEnvironmentVariable('API_URL'))</Base></PropertyGroup>", FrozenInto.AssemblyAttribute, "Base>Url>Version")]
    [InlineData("<PropertyGroup><DefineConstants Condition=\"'$(API_URL)' == 'x'\">$(DefineConstants);X</DefineConstants></PropertyGroup>", FrozenInto.Constant, "DefineConstants")]
    [InlineData("<PropertyGroup Condition=\"'$(API_URL)' == 'x'\"><Product>x</Product></PropertyGroup>", FrozenInto.AssemblyAttribute, "Product")]
    [InlineData("<ItemGroup><AssemblyMetadata Include=\"ApiUrl\" Value=\"$(API_URL)\" /></ItemGroup>", FrozenInto.AssemblyAttribute, "ApiUrl")]
    [InlineData("<ItemGroup><AssemblyMetadata Include=\"ApiUrl\"><Value>$(API_URL.ToLower())</Value></AssemblyMetadata></ItemGroup>", FrozenInto.AssemblyAttribute, "ApiUrl")]
    [InlineData("<ItemGroup><RuntimeHostConfigurationOption Include=\"Api.Url\" Value=\"$(API_URL)\" /></ItemGroup>", FrozenInto.RuntimeConfig, "Api.Url")]
    [InlineData("<PropertyGroup><InvariantGlobalization>$(API_URL)</InvariantGlobalization></PropertyGroup>", FrozenInto.RuntimeConfig, "InvariantGlobalization")]
    [InlineData("<ItemGroup><Compile Include=\"Brands/$(API_URL)/*.cs\" /></ItemGroup>", FrozenInto.Source, "Compile")]
    [InlineData("<ItemGroup><Compile Remove=\"X.cs\" Condition=\"'$(API_URL)' == ''\" /></ItemGroup>", FrozenInto.Source, "Compile")]
    [InlineData("<ItemGroup><Content Include=\"wwwroot/$(API_URL)/**\" /></ItemGroup>", FrozenInto.StaticAsset, "Content")]
    [InlineData("<ItemGroup><Line Include=\"const string U = $(API_URL)\" /></ItemGroup><Target Name=\"W\" BeforeTargets=\"CoreCompile\"><WriteLinesToFile File=\"obj/U.g.cs\" Lines=\"@(Line)\" /></Target>", FrozenInto.Source, "Line>WriteLinesToFile")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"Build\"><PropertyGroup><J>$(API_URL)</J></PropertyGroup><WriteLinesToFile File=\"$(MSBuildProjectDirectory)\\wwwroot\\settings.json\" Lines=\"$(J)\" /></Target>", FrozenInto.StaticAsset, "J>WriteLinesToFile")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"Build\"><ItemGroup><A Include=\"X\" _Parameter1=\"$(API_URL)\" /></ItemGroup><WriteCodeFragment OutputFile=\"x.cs\" AssemblyAttributes=\"@(A)\" /></Target>", FrozenInto.Source, "X>WriteCodeFragment")]
    // Property functions and nested properties.
    [InlineData("<PropertyGroup><Url>$([MSBuild]::ValueOrDefault('$(API_URL)', 'x'))</Url><Product>$(Url.Replace('/', ''))</Product></PropertyGroup>", FrozenInto.AssemblyAttribute, "Url>Product")]
    [InlineData("<PropertyGroup><Base>x</Base><Product>$(Base.Replace('x', '$(API_URL)'))</Product></PropertyGroup>", FrozenInto.AssemblyAttribute, "Product")]
    [InlineData("<PropertyGroup><Url>$([System.String]::Copy('$(API_URL)').Trim().Substring(1))</Url><DefineConstants>$(DefineConstants);$([System.String]::new('$(Url)').ToUpper())</DefineConstants></PropertyGroup>", FrozenInto.Constant, "Url>DefineConstants")]
    // Metadata, transforms and copies of items.
    [InlineData("<ItemGroup><Setting Include=\"Url\"><Text>$(API_URL)</Text></Setting><AssemblyMetadata Include=\"@(Setting)\" Value=\"%(Setting.Text)\" /></ItemGroup>", FrozenInto.AssemblyAttribute, "Url>AssemblyMetadata")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><ItemGroup><L Include=\"$(API_URL)\" /></ItemGroup><PropertyGroup><T>@(L->'const string U = \"%(Identity)\";')</T></PropertyGroup><WriteLinesToFile File=\"$(IntermediateOutputPath)U.g.cs\" Lines=\"$(T)\" /></Target>", FrozenInto.Source, "L>T>WriteLinesToFile")]
    // Outputs of tasks that hand on what they were given.
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><CreateProperty Value=\"$(API_URL)\"><Output TaskParameter=\"Value\" PropertyName=\"U\" /></CreateProperty><WriteLinesToFile File=\"obj/U.g.cs\" Lines=\"$(U)\" /></Target>", FrozenInto.Source, "U>WriteLinesToFile")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><CreateProperty Value=\"$(DefineConstants);$(API_URL)\"><Output TaskParameter=\"ValueSetByTask\" PropertyName=\"DefineConstants\" /></CreateProperty></Target>", FrozenInto.Constant, "DefineConstants")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><CreateItem Include=\"Brands/$(API_URL)/X.cs\"><Output TaskParameter=\"Include\" ItemName=\"Compile\" /></CreateItem></Target>", FrozenInto.Source, "Compile")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><CreateItem Include=\"ApiUrl\" AdditionalMetadata=\"Value=$(API_URL)\"><Output TaskParameter=\"Include\" ItemName=\"AssemblyMetadata\" /></CreateItem></Target>", FrozenInto.AssemblyAttribute, "AssemblyMetadata")]
    [InlineData("<ItemGroup><P Include=\"$(API_URL)\" /></ItemGroup><Target Name=\"W\" BeforeTargets=\"CoreCompile\"><Message Text=\"x\" /><ConvertToAbsolutePath Paths=\"@(P)\"><Output TaskParameter=\"AbsolutePaths\" PropertyName=\"F\" /></ConvertToAbsolutePath><WriteLinesToFile File=\"obj/F.g.cs\" Lines=\"$(F)\" /></Target>", FrozenInto.Source, "P>F>WriteLinesToFile")]
    // Choices.
    [InlineData("<Choose><When Condition=\"'$(API_URL)' == 'x'\"><PropertyGroup><Product>x</Product></PropertyGroup></When><Otherwise><PropertyGroup><Company>y</Company></PropertyGroup></Otherwise></Choose>", FrozenInto.AssemblyAttribute, "Product")]
    [InlineData("<Choose><When Condition=\"'$(API_URL)' == 'x'\"><PropertyGroup><Tool>x</Tool></PropertyGroup></When><Otherwise><PropertyGroup><Company>y</Company></PropertyGroup></Otherwise></Choose>", FrozenInto.AssemblyAttribute, "Company")]
    public void A_variable_is_followed_to_what_the_output_holds(string xml, FrozenInto into, string through)
    {
        FrozenVariable found = Assert.Single(Read(xml));

        Assert.Equal(("API_URL", into, through), (found.Name, found.Into, string.Join('>', found.Through)));
        Assert.Equal(1, found.Location.Line);
        Assert.False(found.OverridesDefault);
    }

    [Theory]
    // It decides how the build runs, not what comes out.
    [InlineData("<PropertyGroup><Tool>$(API_URL)/x</Tool></PropertyGroup>")]
    [InlineData("<PropertyGroup><Url>$(API_URL)</Url><Version>1.0</Version></PropertyGroup>")]
    [InlineData("<ItemGroup><Content Include=\"docs/$(API_URL)/**\" /></ItemGroup>")]
    [InlineData("<ItemGroup><None Include=\"$(API_URL)\" /></ItemGroup>")]
    // A later line takes its place.
    [InlineData("<PropertyGroup><Product>$(API_URL)</Product><Product>Shop</Product></PropertyGroup>")]
    // Nobody runs the target, or the condition rules it out.
    [InlineData("<Target Name=\"ByHand\"><WriteLinesToFile File=\"x.cs\" Lines=\"$(API_URL)\" /></Target>")]
    [InlineData("<PropertyGroup Condition=\"'$(Never)' == 'true'\"><Product>$(API_URL)</Product></PropertyGroup>")]
    // Written somewhere that no output takes in.
    [InlineData("<Target Name=\"W\" BeforeTargets=\"Build\"><WriteLinesToFile File=\"obj/log.txt\" Lines=\"$(API_URL)\" /></Target>")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"Build\"><Message Text=\"$(API_URL)\" /></Target>")]
    // What a task makes is not what it was given; a task's output that decides nothing; a target that nobody runs.
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><Exec Command=\"tool $(API_URL)\" ConsoleToMSBuild=\"true\"><Output TaskParameter=\"ExitCode\" PropertyName=\"Product\" /></Exec></Target>")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><CreateProperty Value=\"$(API_URL)\"><Output TaskParameter=\"Value\" PropertyName=\"Tool\" /></CreateProperty></Target>")]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><CreateProperty Value=\"$(API_URL)\" Condition=\"'$(Never)' == 'true'\"><Output TaskParameter=\"Value\" PropertyName=\"Product\" /></CreateProperty></Target>")]
    [InlineData("<Target Name=\"ByHand\"><CreateItem Include=\"$(API_URL)\"><Output TaskParameter=\"Include\" ItemName=\"Compile\" /></CreateItem></Target>")]
    public void What_the_output_does_not_hold_is_left_alone(string xml) => Assert.Empty(Read(xml));

    [Theory]
    [InlineData("<PropertyGroup><Product>$(API_URL)</Product></PropertyGroup>", "", "", true)]
    [InlineData("<PropertyGroup><Brand>$(API_URL)</Brand></PropertyGroup>", "<PropertyGroup><Product>$(Brand)</Product></PropertyGroup>", "", true)]
    [InlineData("<PropertyGroup><Brand>$(API_URL)</Brand></PropertyGroup>", "", "<ItemGroup><AssemblyMetadata Include=\"Brand\" Value=\"$(Brand)\" /></ItemGroup>", true)]
    // The project's own value takes the place of the shared one, and what comes last that of both.
    [InlineData("<PropertyGroup><Product>$(API_URL)</Product></PropertyGroup>", "<PropertyGroup><Product>Shop</Product></PropertyGroup>", "", false)]
    [InlineData("<PropertyGroup><Brand>$(API_URL)</Brand></PropertyGroup>", "<PropertyGroup><Product>$(Brand)</Product></PropertyGroup>", "<PropertyGroup><Product>Shop</Product></PropertyGroup>", false)]
    // It does where it always counts, and makes something else of it.
    [InlineData("<PropertyGroup><Product>$(API_URL)</Product></PropertyGroup>", "<PropertyGroup><Product Condition=\"'$(Product)' == ''\">Shop</Product></PropertyGroup>", "", true)]
    [InlineData("<PropertyGroup><Product>$(API_URL)</Product></PropertyGroup>", "<PropertyGroup><Product>Shop $(Product)</Product></PropertyGroup>", "", true)]
    // What comes earlier replaces nothing, and a target runs after all of them.
    [InlineData("<PropertyGroup><Product>Shop</Product></PropertyGroup>", "<PropertyGroup><Product>$(API_URL)</Product></PropertyGroup>", "", true)]
    [InlineData("<Target Name=\"W\" BeforeTargets=\"CoreCompile\"><PropertyGroup><Product>$(API_URL)</Product></PropertyGroup></Target>", "<PropertyGroup><Product>Shop</Product></PropertyGroup>", "", true)]
    public void What_several_files_say_is_taken_in_the_order_of_evaluation(string props, string project, string targets, bool told)
    {
        (string Name, string Xml)[] files = [("Directory.Build.props", props), ("App.csproj", project), ("Directory.Build.targets", targets)];
        foreach ((string name, string xml) in files)
        {
            File.WriteAllText(Path.Combine(_folder, name), $"<Project>{xml}</Project>");
        }

        string[] paths = [.. files.Select(file => Path.Combine(_folder, file.Name))];
        var own = new RepositoryFiles { Files = [.. paths.Select(static path => ProjectFileReader.Read(path, [])!)] };
        var evaluation = new Evaluation { Imports = paths };
        Assert.Equal(told ? ["API_URL"] : [], FrozenVariablesReader.Read(own, evaluation, VariablesReader.Read(own, evaluation, IsCandidate), IsCandidate).Select(static variable => variable.Name));
    }

    [Fact]
    public void Attributes_that_are_not_generated_end_nowhere() =>
        Assert.Empty(Read("<PropertyGroup><Product>$(API_URL)</Product></PropertyGroup>", new Evaluation { Values = { ["$(GenerateAssemblyInfo)"] = "false" } }));

    [Fact]
    public void A_default_counts_only_where_the_variable_is_set_and_its_value_came_in()
    {
        const string Xml = "<PropertyGroup>\n<FrozenReaderUrl Condition=\"'$(FrozenReaderUrl)' == ''\">x</FrozenReaderUrl>\n<Product>$(FrozenReaderUrl)</Product></PropertyGroup>";
        var evaluation = new Evaluation { Values = { ["$(FrozenReaderUrl)"] = "y" } };
        Assert.Empty(Read(Xml, evaluation));

        Environment.SetEnvironmentVariable("FrozenReaderUrl", "y");
        try
        {
            FrozenVariable found = Assert.Single(Read(Xml, evaluation));
            Assert.Equal(("FrozenReaderUrl", 2, true), (found.Name, found.Location.Line, found.OverridesDefault));
            Assert.Equal(3, found.End.Line);

            Assert.Empty(Read(Xml, new Evaluation { Values = { ["$(FrozenReaderUrl)"] = "other" } }));
            Assert.Empty(Read(Xml, new Evaluation { Values = { ["$(FrozenReaderUrl)"] = "y" }, Globals = { ["FrozenReaderUrl"] = "y" } }));
            Assert.Empty(Read(Xml.Replace("<Product>", "<FrozenReaderUrl>y</FrozenReaderUrl><Product>", StringComparison.Ordinal), evaluation));
            // Without the imports nobody knows who else gives it a value.
            Assert.Empty(Read(Xml, new Evaluation { Values = { ["$(FrozenReaderUrl)"] = "y" }, NoImports = true }));
        }
        finally
        {
            Environment.SetEnvironmentVariable("FrozenReaderUrl", null);
        }
    }

    [Fact]
    public void Long_and_circular_chains_end()
    {
        var xml = new StringBuilder("<PropertyGroup><P0>$(API_URL)$(P1999)</P0>");
        for (int i = 1999; i > 0; i--)
        {
            xml.Append($"<P{i}>$(P{i - 1})</P{i}>");
        }

        // Too long a chain is given up, a circle ends.
        Assert.Empty(Read($"{xml}<Product>$(P1999)</Product></PropertyGroup>"));
        Assert.Single(Read("<PropertyGroup><A>$(B)</A><B>$(A)$(API_URL)</B><Product>$(A)</Product></PropertyGroup>"));
    }

    [Fact]
    public void A_file_of_a_hundred_thousand_properties_is_read_to_the_end()
    {
        // Each takes the place of what came before it: to look through all of that would be five thousand million comparisons.
        var xml = new StringBuilder("<PropertyGroup><Company>$(API_URL)</Company><P0>$(API_URL)</P0>");
        for (int i = 1; i <= 100_000; i++)
        {
            xml.Append($"<P{i}>x</P{i}>");
        }

        FrozenVariable found = Assert.Single(Read($"{xml}<company>Shop</company><Product>$(P0)</Product></PropertyGroup>"));

        Assert.Equal("P0>Product", string.Join('>', found.Through));
    }

    private ImmutableArray<FrozenVariable> Read(string xml, Evaluation? evaluation = null)
    {
        evaluation ??= new Evaluation();
        string path = Path.Combine(_folder, "App.csproj");
        File.WriteAllText(path, $"<Project>{xml}</Project>");
        evaluation.Imports = evaluation.NoImports ? null : [path];
        var own = new RepositoryFiles { Files = [ProjectFileReader.Read(path, [])!] };
        return FrozenVariablesReader.Read(own, evaluation, VariablesReader.Read(own, evaluation, IsCandidate), IsCandidate);
    }

    private static bool IsCandidate(string name, VariableForm form, bool isSet) => name == "API_URL" || (isSet && name == "FrozenReaderUrl");

    private sealed class Evaluation : IEvaluatedProject
    {
        public Dictionary<string, string> Values { get; } = [];

        public Dictionary<string, string> Globals { get; } = [];

        public bool NoImports { get; init; }

        public IReadOnlyCollection<string>? Imports { get; set; }

        public IReadOnlyDictionary<string, string> GlobalProperties => Globals;

        public string? Expand(string text) => Values.GetValueOrDefault(text, text.StartsWith("$(", StringComparison.Ordinal) && text.EndsWith(')') ? "" : text);

        public bool? Holds(string condition) => !condition.Contains("Never", StringComparison.Ordinal);
    }
}
