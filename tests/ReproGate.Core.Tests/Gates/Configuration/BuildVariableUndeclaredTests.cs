using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.Gates.Machine;

namespace ReproGate.Core.Tests.Gates.Configuration;

/// <summary>RGATE3020 and its border with RGATE4003, on facts alone.</summary>
public sealed class BuildVariableUndeclaredTests
{
    private static readonly SourceLocation Read = new("/repo/src/Api/Api.csproj", 5, 7);
    private static readonly SourceLocation End = new("/repo/Directory.Build.targets", 9, 3);
    private static readonly MatrixApp Api = new("api", "src/Api/Api.csproj", new SourceLocation("/repo/reprogate.env.json", 3, 5));
    private static readonly MatrixApp Worker = new("worker", "src/Worker/Worker.csproj", new SourceLocation("/repo/reprogate.env.json", 4, 5));

    [Fact]
    public void A_variable_in_the_output_is_told_where_it_is_read_instead_of_by_4003()
    {
        MachineInputs inputs = Inputs();

        Finding finding = Assert.Single(BuildVariableUndeclared.Check(inputs));

        Assert.Equal(("RGATE3020", Read), (finding.Rule.Id, finding.Location));
        Assert.Contains("API_URL is taken from the environment when api is built and ends in an attribute of the assembly (ApiUrl → Endpoint, Directory.Build.targets line 9)", finding.What, StringComparison.Ordinal);
        Assert.Contains("\"API_URL\": \"build string\"", finding.Fix, StringComparison.Ordinal);
        Assert.Equal("\n    \"API_URL\": \"build string\",", Assert.Single(finding.Edits).NewText);
        Assert.Empty(VariableUndeclared.Check(inputs));
    }

    [Theory]
    // The variable, a property on the way, what it ends in; a pattern; as a key of the configuration.
    [InlineData("API_URL", true, true)]
    [InlineData("api_url", true, true)]
    [InlineData("ApiUrl", true, true)]
    [InlineData("Endpoint", true, true)]
    [InlineData("*", true, true)]
    [InlineData("API_URL", false, false)]
    [InlineData("Api:Url", true, false)]
    [InlineData("API_URLS", true, false)]
    public void A_row_of_the_build_declares_it(string key, bool build, bool declared) =>
        Assert.Equal(declared, !BuildVariableUndeclared.Check(Inputs(Row(key) with { BuildPhase = build })).Any());

    [Fact]
    public void A_variable_with_two_underscores_is_the_key_it_becomes()
    {
        MachineInputs inputs = Inputs(Row("Api:Url") with { BuildPhase = true }) with { Frozen = [Frozen("API__URL")], Variables = [Variable("API__URL")] };

        Assert.Empty(BuildVariableUndeclared.Check(inputs));
        Assert.Empty(VariableUndeclared.Check(inputs));
    }

    [Fact]
    public void A_row_that_is_nearly_there_is_mended_and_not_doubled()
    {
        Finding run = Assert.Single(BuildVariableUndeclared.Check(Inputs(Row("API_URL"))));
        Assert.Contains("Add the word \"build\"", run.Fix, StringComparison.Ordinal);
        Assert.Empty(run.Edits);

        Finding others = Assert.Single(BuildVariableUndeclared.Check(Inputs(Row("API_URL") with { BuildPhase = true, Apps = ["worker"] })));
        Assert.Contains("Add \"api\" to \"apps\" of \"API_URL\" in reprogate.env.json, line 20", others.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void With_several_applications_the_row_names_its_own()
    {
        MachineInputs inputs = Inputs();
        inputs = inputs with { Matrix = inputs.Matrix! with { Apps = [Api, Worker] } };

        Assert.Contains("\"API_URL\": { \"type\": \"build string\", \"apps\": \"api\" }", Assert.Single(BuildVariableUndeclared.Check(inputs)).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_matrix_or_outside_its_applications_4003_tells()
    {
        MachineInputs none = Inputs() with { Matrix = null, App = null };
        Assert.Empty(BuildVariableUndeclared.Check(none));
        Assert.Single(VariableUndeclared.Check(none));

        MachineInputs library = Inputs() with { App = null, Frozen = [] };
        Assert.Empty(BuildVariableUndeclared.Check(library));
        Assert.Single(VariableUndeclared.Check(library));

        // The row that an application owes declares the variable for every project, and a row of the run for none.
        MachineInputs declared = Inputs(Row("API_URL") with { BuildPhase = true, Apps = ["api"] }) with { App = null, Frozen = [] };
        Assert.Empty(VariableUndeclared.Check(declared));
        Assert.Single(VariableUndeclared.Check(Inputs(Row("API_URL")) with { App = null, Frozen = [] }));
        Assert.Empty(VariableUndeclared.Check(Inputs(Row("ApiUrl") with { BuildPhase = true }) with { App = null, Frozen = [] }));
    }

    [Fact]
    public void What_does_not_reach_the_output_stays_with_4003()
    {
        MachineInputs inputs = Inputs() with { Frozen = [] };

        Assert.Empty(BuildVariableUndeclared.Check(inputs));
        Assert.Single(VariableUndeclared.Check(inputs));
    }

    [Fact]
    public void An_allowed_variable_still_owes_its_row()
    {
        MachineInputs inputs = Inputs() with { Allowed = Allow("API_URL") };

        Assert.Equal("RGATE3020", Assert.Single(BuildVariableUndeclared.Check(inputs)).Rule.Id);
        Assert.Empty(VariableUndeclared.Check(inputs));
    }

    [Fact]
    public void A_name_of_the_machine_stays_with_4003_until_it_is_allowed()
    {
        MachineInputs inputs = Inputs(Row("HOME") with { BuildPhase = true }) with { Frozen = [Frozen("HOME")], Variables = [Variable("HOME")] };
        Assert.Empty(BuildVariableUndeclared.Check(inputs));
        Assert.Single(VariableUndeclared.Check(inputs));

        MachineInputs allowed = inputs with { Allowed = Allow("HOME") };
        Assert.Empty(BuildVariableUndeclared.Check(allowed));
        Assert.Single(BuildVariableUndeclared.Check(allowed with { Matrix = allowed.Matrix! with { Keys = [] } }));
    }

    [Fact]
    public void A_default_that_the_environment_overrides_is_told_as_such_and_a_variable_once()
    {
        MachineInputs inputs = Inputs() with { Variables = [], Frozen = [Frozen("ApiUrl") with { OverridesDefault = true }, Frozen("APIURL") with { OverridesDefault = true }] };

        Assert.StartsWith("The variable ApiUrl of this build's environment takes the place of the default here", Assert.Single(BuildVariableUndeclared.Check(inputs)).What, StringComparison.Ordinal);
    }

    private static FrozenVariable Frozen(string name) => new(name, Read, ["ApiUrl", "Endpoint"], FrozenInto.AssemblyAttribute, End);

    private static VariableRead Variable(string name) => new(name, VariableForm.Property, Read, $"$({name})") { Sets = "ApiUrl" };

    private static MatrixKey Row(string key) => new(key, new SourceLocation("/repo/reprogate.env.json", 20, 5));

    private static AllowList Allow(params string[] variables) => new("/repo/reprogate.allow.json") { Entries = [.. variables.Select(static name => new AllowedInput(AllowedKind.Variable, name, "r"))] };

    private static MachineInputs Inputs(params MatrixKey[] rows) => new()
    {
        ProjectPath = "/repo/src/Api/Api.csproj",
        RepositoryRoot = "/repo/",
        Allowed = Allow(),
        Variables = [Variable("API_URL")],
        Frozen = [Frozen("API_URL")],
        Matrix = new EnvironmentMatrix { File = "/repo/reprogate.env.json", Apps = [Api], Keys = [.. rows], End = new MatrixEnd(new SourceLocation("/repo/reprogate.env.json", 19, 12), false) },
        App = Api,
    };
}
