using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using static ReproGate.Core.Tests.Gates.Configuration.HandMade;

namespace ReproGate.Core.Tests.Gates.Configuration;

/// <summary>Rules about where secrets, files and variables lie, on hand-made facts; and that no value of a secret is printed.</summary>
public sealed class PlacesAndSecretsTests
{
    private const string Token = "ghp_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij";
    private static readonly SourceLocation Place = new("/repo/deploy/file", 9, 5);

    [Theory]
    [InlineData(HostKind.WebAssembly, ProviderOrigin.ProjectFile, "Pay:Key", "hunter2", true)]
    [InlineData(HostKind.WebApplication, ProviderOrigin.PublicFile, "Pay:Key", "hunter2", true)]
    [InlineData(HostKind.WebApplication, ProviderOrigin.PublicFile, "Other", Token, true)]
    // A key of Google's browser interfaces is meant to be seen; a mark that something replaces; what only looks random.
    [InlineData(HostKind.WebApplication, ProviderOrigin.PublicFile, "Other", "AIzaSyA1234567890abcdefghijklmnopqrstuv", false)]
    [InlineData(HostKind.WebApplication, ProviderOrigin.PublicFile, "Pay:Key", "${PAY_KEY}", false)]
    [InlineData(HostKind.WebApplication, ProviderOrigin.PublicFile, "Other", "kJ8#mZ2$qW9!xR4@vT6%nB1^yL3&pD5*", false)]
    // On a server the same file is nobody's business but RGATE3010's.
    [InlineData(HostKind.WebApplication, ProviderOrigin.ProjectFile, "Pay:Key", "hunter2", false)]
    public void A_secret_that_clients_get(HostKind host, ProviderOrigin origin, string key, string value, bool told)
    {
        AppConfiguration app = With(App(Row("Pay:Key") with { Secret = true }), Json(key, value) with { Origin = origin });
        Finding[] findings = Told(app with { Code = app.Code with { Host = new HostConfiguration(host) } }, "RGATE3011");
        Assert.Equal(told ? 1 : 0, findings.Length);
        Assert.All(findings, finding => Assert.DoesNotContain(value, finding.Message, StringComparison.Ordinal));
    }

    /// <summary>The file of another environment lies there, too: the environment that loads it is the one to name.</summary>
    [Fact]
    public void A_secret_is_told_for_the_environment_that_loads_its_file()
    {
        AppConfiguration app = App();
        AppEnvironment prod = app.Environments[0];
        ProviderFacts file = Json("Inventory:Token", Token) with { ForEnvironment = "Production" };
        app = app with
        {
            Environments =
            [
                new AppEnvironment(new MatrixEnvironment("dev", "Development", NetworkKind.Host, MatrixFile), prod.Set with { Providers = [file with { Loaded = false }] }),
                prod with { Set = prod.Set with { Providers = [file] } },
            ],
        };

        Finding finding = Assert.Single(Told(app, "RGATE3010"));

        Assert.Contains("in the row: \"prod\": \"external:…\".", finding.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("\"dev\"", finding.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, finding.Message, StringComparison.Ordinal);
        // Where no environment loads it, it lies in the repository all the same.
        Assert.Single(Told(app with { Environments = [app.Environments[0]] }, "RGATE3010"));
    }

    [Theory]
    [InlineData(HostKind.WebAssembly, true, true)]
    [InlineData(HostKind.WebAssembly, false, false)]
    [InlineData(HostKind.WebApplication, true, false)]
    public void A_client_that_reads_a_secret(HostKind host, bool secret, bool told)
    {
        AppConfiguration app = App(Row("Pay:Key") with { Secret = secret }) with { Code = Reads(Read("Pay:Key") with { Requirement = Requirement.Optional }) };
        Assert.Equal(told ? [Code] : [], Told(app with { Code = app.Code with { Host = new HostConfiguration(host) } }, "RGATE3011").Select(static finding => finding.Location));
    }

    [Theory]
    [InlineData(ProviderOrigin.DockerfileEnv, "Pay:Key", "hunter2", true)]
    [InlineData(ProviderOrigin.ConfigMap, "Pay:Key", "hunter2", true)]
    [InlineData(ProviderOrigin.Workload, "Pay:Key", "hunter2", true)]
    [InlineData(ProviderOrigin.Workload, "Other", Token, true)]
    // An argument without a value is given by whoever builds, and stays in the image's history.
    [InlineData(ProviderOrigin.DockerfileArg, "Pay__Key", null, true)]
    [InlineData(ProviderOrigin.DockerfileArg, "VERSION", null, false)]
    [InlineData(ProviderOrigin.DockerfileEnv, "Pay:Key", "", false)]
    [InlineData(ProviderOrigin.Workload, "Pay:Key", "changeme", false)]
    [InlineData(ProviderOrigin.Workload, "Other", "hunter2", false)]
    [InlineData(ProviderOrigin.KubernetesSecret, "Pay:Key", "hunter2", false)]
    public void A_secret_in_an_image_or_a_plain_manifest(ProviderOrigin origin, string key, string? value, bool told)
    {
        var provider = new ProviderFacts(ProviderKind.EnvironmentVariables, "it") { Origin = origin, Keys = [new ProvidedKey(key, value, Place) { WrittenAs = key }] };
        AppConfiguration app = App(Row("Pay:Key") with { Secret = true });
        app = app with { Environments = [.. app.Environments.Select(environment => environment with { Set = origin == ProviderOrigin.DockerfileArg ? new ProviderSet { BuildArguments = [provider] } : new ProviderSet { Providers = [provider] } })] };
        Finding[] findings = Told(app, "RGATE3012");
        Assert.Equal(told ? [Place] : [], findings.Select(static finding => finding.Location));
        Assert.All(findings, finding => Assert.DoesNotContain(value is { Length: > 0 } ? value : "\0", finding.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("appsettings.Test.json", true, true)]
    [InlineData("secrets.json", true, true)]
    [InlineData("Shop.settings.Test.json", true, true)]
    [InlineData("appsettings.Test.json", false, false)]
    [InlineData("appsettings.json", true, false)]
    [InlineData("appsettings.Production.json", true, false)]
    // Told as the difference in case that it is.
    [InlineData("appsettings.production.json", true, false)]
    public void A_file_of_no_declared_environment_that_ships(string name, bool ships, bool told) =>
        Assert.Equal(told ? ["/repo/src/" + name] : [], Told(App() with { SettingsFiles = [new SettingsFile("/repo/src/" + name, ships)] }, "RGATE3013").Select(static finding => finding.Location.File));

    [Theory]
    [InlineData("appsettings.production.json", true)]
    [InlineData("appsettings.PRODUCTION.json", true)]
    [InlineData("appsettings.Production.json", false)]
    [InlineData("appsettings.prod.json", false)]
    [InlineData("appsettings.json", false)]
    public void A_file_whose_name_differs_in_case(string name, bool told) =>
        Assert.Equal(told ? 1 : 0, Told(App() with { SettingsFiles = [new SettingsFile("/repo/src/" + name, true)] }, "RGATE3041").Length);

    [Theory]
    [InlineData("ASPNETCORE_ENVIRONMENT", "production", true)]
    [InlineData("DOTNET_ENVIRONMENT", "PRODUCTION", true)]
    [InlineData("ASPNETCORE_ENVIRONMENT", "Production", false)]
    [InlineData("ASPNETCORE_ENVIRONMENT", "staging", false)]
    [InlineData("NODE_ENV", "production", false)]
    public void A_variable_that_names_the_environment_in_another_case(string name, string value, bool told)
    {
        AppConfiguration app = App();
        var provider = new ProviderFacts(ProviderKind.EnvironmentVariables, "it") { Origin = ProviderOrigin.Compose, Keys = [new ProvidedKey(name, value, Place) { WrittenAs = name }] };
        Assert.Equal(told ? 1 : 0, Told(app with { Environments = [.. app.Environments.Select(environment => environment with { Set = new ProviderSet { Variables = [provider] } })] }, "RGATE3041").Length);
    }

    [Theory]
    [InlineData("VERSION", ProviderOrigin.Compose, true)]
    [InlineData("Version", ProviderOrigin.Workload, true)]
    // Handed to the build; the base image's own; another key.
    [InlineData("VERSION", ProviderOrigin.DockerfileArg, false)]
    [InlineData("VERSION", ProviderOrigin.BaseImage, false)]
    [InlineData("API_VERSION", ProviderOrigin.Compose, false)]
    public void A_value_at_run_time_for_what_the_build_froze(string name, ProviderOrigin origin, bool told)
    {
        AppConfiguration app = App(Row("VERSION") with { BuildPhase = true });
        var provider = new ProviderFacts(ProviderKind.EnvironmentVariables, "it") { Origin = origin, Keys = [new ProvidedKey(name, "2", Place) { WrittenAs = name }] };
        app = app with { Environments = [.. app.Environments.Select(environment => environment with { Set = new ProviderSet { Variables = [provider] } })] };
        Assert.Equal(told ? [Place] : [], Told(app, "RGATE3021").Select(static finding => finding.Location));
        Assert.Empty(Told(app with { Matrix = Matrix(Row("VERSION")) }, "RGATE3021"));
    }

    [Theory]
    [InlineData(true, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", ProviderOrigin.Compose, true)]
    [InlineData(false, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", ProviderOrigin.Compose, false)]
    [InlineData(true, "DOTNET_gcServer", ProviderOrigin.Compose, false)]
    [InlineData(true, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", ProviderOrigin.BaseImage, false)]
    public void A_variable_for_a_switch_that_trimming_made_a_constant(bool trimmed, string name, ProviderOrigin origin, bool told)
    {
        AppConfiguration app = App() with { Frozen = new FrozenAtBuild { Trimmed = trimmed, Switches = ImmutableDictionary<string, string>.Empty.Add("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "InvariantGlobalization") } };
        var provider = new ProviderFacts(ProviderKind.EnvironmentVariables, "it") { Origin = origin, Keys = [new ProvidedKey(name, "1", Place) { WrittenAs = name }] };
        Assert.Equal(told ? 1 : 0, Told(app with { Environments = [.. app.Environments.Select(environment => environment with { Set = new ProviderSet { Variables = [provider] } })] }, "RGATE3022").Length);
    }

    [Theory]
    [InlineData("http://serch:9200", true, "serch")]
    [InlineData("Host=serch;Database=d;Username=u;Password=hunter2", true, "serch")]
    [InlineData("serch:6379,password=hunter2", true, "serch")]
    [InlineData("http://search:9200", true, "")]
    // Names with a point may be anywhere; the container itself is RGATE3032's; not everything is known.
    [InlineData("http://search.example.com", true, "")]
    [InlineData("http://localhost:9200", true, "")]
    [InlineData("http://serch:9200", false, "")]
    // What has no form of an address may be the secret itself.
    [InlineData("hunter2", true, "")]
    public void A_host_that_nothing_defines(string value, bool complete, string told)
    {
        AppConfiguration app = With(App(Row("ConnectionStrings:Search") with { Secret = true, Type = ConfigurationValueType.ConnectionString }) with { Code = Reads(Read("ConnectionStrings:Search")) }, Json("ConnectionStrings:Search", value));
        app = app with
        {
            Environments = [.. app.Environments.Select(environment => new AppEnvironment(
                environment.Environment with { Network = NetworkKind.Compose },
                environment.Set with { Network = new NetworkFacts { HostsAreComplete = complete, Hosts = [new ServiceHost("search", ServiceHostKind.ComposeService, Place)] } }))],
        };
        Finding[] findings = Told(app, "RGATE3033");
        Assert.Equal(told.Length > 0 ? 1 : 0, findings.Length);
        Assert.All(findings, finding =>
        {
            Assert.Contains($"names the host '{told}'", finding.What, StringComparison.Ordinal);
            Assert.Contains("Did you mean 'search'", finding.What, StringComparison.Ordinal);
        });
        Assert.All(Judge(app), static finding => Assert.DoesNotContain("hunter2", finding.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/home/ann/data", null, true)]
    [InlineData("C:\\data", null, true)]
    [InlineData("D:/data", null, true)]
    [InlineData("\\\\server\\share", null, true)]
    [InlineData("~/data", null, true)]
    [InlineData("data\\in", ConfigurationValueType.Path, true)]
    [InlineData("data\\in", ConfigurationValueType.String, false)]
    [InlineData("/var/data", null, false)]
    [InlineData("data/in", ConfigurationValueType.Path, false)]
    [InlineData("https://example.com/home/ann/", null, false)]
    public void A_path_that_another_machine_does_not_have(string value, ConfigurationValueType? type, bool told)
    {
        AppConfiguration app = With(App(Row("Data:Path") with { Type = type }) with { Code = Reads(Read("Data:Path") with { Requirement = Requirement.Optional }) }, Json("Data:Path", value));
        Assert.Equal(told ? 1 : 0, Told(app, "RGATE3040").Length);
        // On a developer's own machine it is at its place.
        Assert.Empty(Told(app with { Environments = [.. app.Environments.Select(static environment => environment with { Environment = environment.Environment with { DotNetName = "Development" } })] }, "RGATE3040"));
    }

    [Theory]
    [InlineData(InterpolationForm.Plain, "SIZE", "", true)]
    [InlineData(InterpolationForm.Plain, "SIZE", "api", true)]
    // Another application's service; with a default; declared.
    [InlineData(InterpolationForm.Plain, "SIZE", "web", false)]
    [InlineData(InterpolationForm.WithDefault, "SIZE", "api", false)]
    [InlineData(InterpolationForm.Required, "SIZE", "api", false)]
    [InlineData(InterpolationForm.PassedThrough, "SIZE", "api", false)]
    [InlineData(InterpolationForm.Plain, "TAG", "api", false)]
    public void A_variable_of_compose_that_nobody_defines(InterpolationForm form, string name, string service, bool told)
    {
        AppConfiguration app = App(Row("TAG"));
        MatrixApp Of(string app, string service) => new(app, $"src/{app}.csproj", MatrixFile) { Sources = ImmutableDictionary<string, ImmutableArray<MatrixSource>>.Empty.Add("prod", [new MatrixSource("compose", ["compose.yaml"], service, MatrixFile)]) };
        app = app with
        {
            App = Of("api", "api"),
            Matrix = app.Matrix with { Apps = [Of("api", "api"), Of("web", "web")] },
            Environments = [.. app.Environments.Select(environment => environment with { Set = new ProviderSet { Interpolations = [new InterpolatedVariable(name, form, Place) { Service = service }] } })],
        };
        Assert.Equal(told ? [Place] : [], Told(app, "RGATE3044").Select(static finding => finding.Location));
        Assert.Empty(Told(app with { Environments = [.. app.Environments.Select(environment => environment with { Set = new ProviderSet { Interpolations = [new InterpolatedVariable(name, form, Place) { Service = service, DefinedAt = Place }] } })] }, "RGATE3044"));
    }

    [Theory]
    [InlineData("Pay:Key", true, "hunter2", false)]
    [InlineData("Pay:Password", false, "hunter2", false)]
    [InlineData("Secrets:Pay", false, "hunter2", false)]
    [InlineData("ConnectionStrings:Db", false, "hunter2", false)]
    [InlineData("Pay:Options", false, "a=1;Pwd=hunter2", false)]
    [InlineData("Pay:Cache", false, "cache:6379,password=hunter2", false)]
    [InlineData("Pay:Json", false, "{ \"apiKey\": \"hunter2\" }", false)]
    [InlineData("Pay:Arguments", false, "--token hunter2", false)]
    [InlineData("Pay:Url", false, "https://ann:hunter2@example.com/", false)]
    [InlineData("Pay:Url", false, "https://example.com/?sig=hunter2", false)]
    [InlineData("Pay:Text", false, Token, false)]
    // Shown, or else nobody would see what wins.
    [InlineData("Pay:Url", false, "https://hunter2.example.com/", true)]
    [InlineData("Pay:Mode", false, "hunter2", true)]
    public void What_wins_is_explained_without_secrets(string key, bool secret, string value, bool shown)
    {
        var app = new JudgedApp(With(App(Row(key) with { Secret = secret }) with { Code = Reads(Read(key)) }, Json(key, value), Json(key, value) with { Name = "appsettings.Production.json" }));
        string text = string.Join('\n', ConfigurationExplanation.Lines(app, static _ => true).Concat(ConfigurationExplanation.Why(app, key, static _ => true)));
        Assert.Contains($"{key} = ", text, StringComparison.Ordinal);
        Assert.Contains("over appsettings.json", text, StringComparison.Ordinal);
        Assert.Equal(shown, text.Contains("hunter2", StringComparison.Ordinal));
        Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
    }

    private static Finding[] Told(AppConfiguration app, string id) => [.. Judge(app).Where(finding => finding.Rule.Id == id)];
}
