using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;
using ReproGate.Settings.Sources;
using static ReproGate.Settings.Tests.Reading;

namespace ReproGate.Settings.Tests.Sources;

public sealed class OtherSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_Dockerfile_of_several_stages()
    {
        RuntimeSource found = Docker("""
            # syntax=docker/dockerfile:1
            # escape=`
            ARG TAG=9.0-noble
            FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:9.0 AS build
            ARG SECRET_TOKEN=abc
            ENV ONLY_BUILD=1
            RUN <<EOF
            ENV NOT=this
            EOF
            FROM mcr.microsoft.com/dotnet/aspnet:$TAG AS base
            ENV A=1 `
                # a comment within
                B="two words" C='$A'
            ENV OLD one two
            EXPOSE 8080/tcp 9000-9001
            FROM base AS final
            WORKDIR /srv
            WORKDIR app
            ENV D=${A}/x E=${NONE:-dflt} A=3
            ENTRYPOINT ["dotnet", "Shop.dll", "--urls", "http://*:7"]
            """);

        Dictionary<string, string?> variables = found.Groups.SelectMany(static group => group.Variables).ToDictionary(static variable => variable.Key, static variable => variable.Value);
        Assert.Equal(("3", "two words", "$A", "one two", "1/x", "dflt", "8080"), (variables["A"], variables["B"], variables["C"], variables["OLD"], variables["D"], variables["E"], variables["ASPNETCORE_HTTP_PORTS"]));
        Assert.DoesNotContain("ONLY_BUILD", variables.Keys);
        Assert.DoesNotContain("NOT", variables.Keys);
        Assert.Equal([8080, 9000, 9001], found.Network.Declared.Select(static port => port.Port));
        Assert.Equal("/srv/app", found.WorkingDirectory);
        ProvidedKey b = found.Groups.SelectMany(static group => group.Variables).Single(static variable => variable.Key == "B");
        Assert.Equal((13, 5), (b.Location.Line, b.Location.Column));
        Assert.Equal(["TAG", "SECRET_TOKEN"], found.BuildArguments.Single().Variables.Select(static variable => variable.Key));
    }

    [Theory]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:7.0", "ASPNETCORE_URLS")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:8.0-alpine", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("mcr.microsoft.com/dotnet/nightly/aspnet:10.0@sha256:aa", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("debian:12", null)]
    [InlineData("mcr.microsoft.com/dotnet/aspnetx:8.0", null)]
    public void Base_images(string image, string? variable)
    {
        RuntimeSource found = Docker($"FROM {image}\n");
        Assert.Equal(variable, found.Groups.SingleOrDefault()?.Variables[0].Key);
    }

    [Fact]
    public void A_Dockerfile_with_faults()
    {
        var faults = new FaultList();
        DockerfileSource.Parse("ENV A=1\nFROM x\nEXPOSE abc\nENV A\nENV\n", "/r/Dockerfile", "Dockerfile", "none", new Dictionary<string, string?>(), faults);
        Assert.Equal([1, 3, 4, 5, 1], faults.ToImmutable().Select(static fault => fault.Location.Line));
    }

    [Fact]
    public void Launch_profiles()
    {
        _folder.Write("Properties/launchSettings.json", """
            {
              // a comment
              "iisSettings": { "iisExpress": { "applicationUrl": "http://localhost:1234", "sslPort": 44300 } },
              "profiles": {
                "IIS Express": { "commandName": "IISExpress", "environmentVariables": { "A": "iis" } },
                "http": {
                  "commandName": "Project",
                  "commandLineArgs": "--Mode \"two words\"",
                  "applicationUrl": "http://localhost:5000;https://localhost:5001",
                  "environmentVariables": { "ASPNETCORE_ENVIRONMENT": "Development", "Orders__Url": "http://x" }
                },
                "other": { "commandName": "Project", "environmentVariables": { "A": "other" } },
              }
            }
            """);

        ProviderSet set = _folder.Read("Development", sources: Source("launchSettings", ""));
        ProviderSet other = _folder.Read("Development", sources: Source("launchSettings", "other"));

        set.AssertNoFaults();
        Assert.Equal(("http://x", "two words", "http://localhost:5000;https://localhost:5001"), (set.ValueOf("Orders:Url"), set.ValueOf("Mode"), set.ValueOf("urls")));
        Assert.Equal(("launchSettings.json", 10, 74), set.PlaceOf("Orders:Url"));
        Assert.True(set.Effective().Find("Orders:Url")!.Winner.DeveloperOnly);
        Assert.Equal("other", other.ValueOf("A"));
        Assert.Equal([5000, 5001, 1234, 44300], set.Network.Published.Select(static port => port.HostPort));
        _folder.Read(sources: Source("launchSettings", "none")).AssertFault(SettingsFaultKind.Missing, "no profile 'none'", 7);
    }

    [Theory]
    [InlineData("AddProject<Projects.Api>(\"api\")", "http 5000")]
    [InlineData("AddProject<Projects.Api>(\"api\", launchProfileName: \"https\")", "https 5001 chosen")]
    [InlineData("AddProject<Projects.Api>(\"api\", \"https\")", "https 5001 chosen")]
    [InlineData("AddProject(\"api\", \"../Api/Api.csproj\", \"https\")", "https 5001 chosen")]
    [InlineData("AddProject(\"api\", \"../Api/Api.csproj\")", "http 5000")]
    [InlineData("AddProject<Projects.Api>(\"api\", options => { options.LaunchProfileName = \"https\"; })", "https 5001 chosen")]
    [InlineData("AddProject<Projects.Api>(\"api\", launchProfileName: null)", "")]
    [InlineData("AddProject<Projects.Api>(\"api\", options => options.ExcludeLaunchProfile = true)", "")]
    // Computed: it may be any.
    [InlineData("AddProject<Projects.Api>(\"api\", launchProfileName: Profile())", "http 5000")]
    public void The_launch_profile_that_an_app_host_names(string call, string expected)
    {
        _folder.Write("AppHost/Program.cs", $"var builder = DistributedApplication.CreateBuilder(args);\nbuilder.{call}.WithReplicas(2);\n");
        _folder.Write("Api/Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />");
        _folder.Write("Api/Properties/launchSettings.json", "{ \"profiles\": { \"http\": { \"commandName\": \"Project\", \"applicationUrl\": \"http://localhost:5000\" }, \"https\": { \"commandName\": \"Project\", \"applicationUrl\": \"https://localhost:5001\" } } }");
        var dev = new MatrixEnvironment("dev", "Development", NetworkKind.Host, new SourceLocation(""));
        MatrixApp app = new("api", "Api/Api.csproj", new SourceLocation("")) { Sources = System.Collections.Immutable.ImmutableDictionary<string, System.Collections.Immutable.ImmutableArray<MatrixSource>>.Empty.Add("dev", [Source("launchSettings", ""), Source("aspire", "AppHost", "api")]) };
        ProviderSet set = new ProviderReader(_folder.Root)
            .ReadAll(new EnvironmentMatrix { File = _folder.PathOf("reprogate.env.json"), Environments = [dev], Apps = [app] }, app, new ProviderRequest { Host = new HostConfiguration(HostKind.WebApplication), ProjectDirectory = _folder.PathOf("Api") })[0].Set;

        Assert.Equal(expected, string.Join(' ', set.Network.Launched.Select(static port => $"{port.Profile} {port.Port}{(port.Chosen ? " chosen" : "")}")));
        Assert.Equal(expected.Length == 0 ? null : expected.StartsWith("https", StringComparison.Ordinal) ? "https://localhost:5001" : "http://localhost:5000", set.ValueOf("urls"));
    }

    [Fact]
    public void Launch_profiles_of_all_that_an_environment_runs()
    {
        App("Api", "{ \"commandName\": \"Project\", \"applicationUrl\": \"https://localhost:5001;http://*:5000\" }");
        App("Web", "{ \"commandName\": \"Project\", \"applicationUrl\": \"http://localhost:5000\" }");
        App("Docker", "{ \"commandName\": \"Docker\", \"applicationUrl\": \"http://localhost:5000\" }");
        App("Own", "{ \"commandName\": \"Project\", \"applicationUrl\": \"http://localhost:5000\", \"environmentVariables\": { \"ASPNETCORE_URLS\": \"http://localhost:7000\" } }");
        App("Kestrel", "{ \"commandName\": \"Project\", \"applicationUrl\": \"http://localhost:5000\" }");
        App("Worker", "{ \"commandName\": \"Project\", \"applicationUrl\": \"http://localhost:5000\" }", "Microsoft.NET.Sdk.Worker");
        _folder.Write("Kestrel/appsettings.Development.json", "{ \"Kestrel\": { \"Endpoints\": { \"Http\": { \"Url\": \"http://localhost:7001\" } } } }");
        string[] names = ["Api", "Web", "Docker", "Own", "Kestrel", "Worker", "Elsewhere"];
        var dev = new MatrixEnvironment("dev", "Development", NetworkKind.Host, new SourceLocation(""));
        var matrix = new EnvironmentMatrix
        {
            File = _folder.PathOf("reprogate.env.json"),
            Environments = [dev, dev with { Name = "compose", Network = NetworkKind.Compose }],
            Apps = [.. names.Select(name => new MatrixApp(name, $"{name}/{name}.csproj", new SourceLocation("")) { Sources = System.Collections.Immutable.ImmutableDictionary<string, System.Collections.Immutable.ImmutableArray<MatrixSource>>.Empty.Add(name == "Elsewhere" ? "compose" : "dev", [Source("launchSettings", "")]) })],
        };

        Assert.Equal(["Api http 5001 localhost", "Api http 5000 ", "Web http 5000 localhost", "Docker https 5000 localhost"], Launched("Api"));
        Assert.Empty(Launched("Own"));
        Assert.Empty(Launched("Elsewhere"));

        IEnumerable<string> Launched(string app) =>
            new ProviderReader(_folder.Root).ReadAll(matrix, matrix.Apps.Single(one => one.Name == app), new ProviderRequest { Host = new HostConfiguration(HostKind.WebApplication), ProjectDirectory = _folder.PathOf(app) })
                .SelectMany(static environment => environment.Set.Network.Launched).Select(static port => $"{port.App} {port.Profile} {port.Port} {port.HostIp}");

        void App(string name, string profile, string sdk = "Microsoft.NET.Sdk.Web")
        {
            _folder.Write($"{name}/{name}.csproj", $"<Project Sdk=\"{sdk}\" />");
            _folder.Write($"{name}/Properties/launchSettings.json", $"{{ \"profiles\": {{ \"http\": {profile}, \"https\": {{ \"commandName\": \"Project\", \"applicationUrl\": \"http://localhost:5000\" }} }} }}");
        }
    }

    [Fact]
    public void Workflows()
    {
        _folder.Write(".github/workflows/ci.yml", """
            on: push
            env:
              A: top
              B: top
            jobs:
              test:
                runs-on: ubuntu-latest
                env:
                  B: job
                  TOKEN: ${{ secrets.TOKEN }}
                  REF: ${{ github.ref }}
                steps:
                  - run: dotnet test
                    env: { C: 1 }
              deploy:
                env: { D: 2 }
            """);

        ProviderSet set = _folder.Read(sources: Source("github", ".github/workflows/ci.yml", "test"));

        set.AssertNoFaults();
        Assert.Equal(("top", "job", "1", null), (set.ValueOf("A"), set.ValueOf("B"), set.ValueOf("C"), set.ValueOf("D")));
        Assert.Equal((false, true), (set.Effective().Find("TOKEN")!.Value.ValueIsKnown, set.Effective().Find("TOKEN")!.Value.FromSecretStore));
        Assert.Equal((false, false), (set.Effective().Find("REF")!.Value.ValueIsKnown, set.Effective().Find("REF")!.Value.FromSecretStore));
        _folder.Read(sources: Source("github", ".github/workflows/ci.yml", "none")).AssertFault(SettingsFaultKind.Missing, "no job 'none'", 7);
    }

    [Fact]
    public void An_app_host()
    {
        _folder.Write("AppHost/Program.cs", """"
            var builder = DistributedApplication.CreateBuilder(args);
            // var fake = builder.AddRedis("fake");
            var key = builder.AddParameter("key", secret: true);
            var redis = builder.AddRedis("redis").WithLifetime(ContainerLifetime.Persistent);
            var postgres = builder.AddPostgres("postgres");
            var catalogDb = postgres.AddDatabase("catalogdb");
            var catalog = builder.AddProject<Projects.Catalog_API>("catalog-api")
                .WithReference(catalogDb)
                .WithEnvironment("Fixed", "value; with (brackets")
                .WithEnvironment("Computed", redis.GetEndpoint("tcp"));
            if (useOpenAi)
            {
                catalog.WithEnvironment("Late", "yes");
            }

            builder.AddProject<Projects.WebApp>("webapp", launchProfileName)
                .WithExternalHttpEndpoints()
                .WithHttpEndpoint(port: 5045, env: "PORT")
                .WithReference(catalog).WithReference(redis, connectionName: "cache")
                .WaitFor(catalog);
            builder.AddProject<Projects.Odd>("odd").WithEnvironment(context => { context.Foo = "bar"; });
            builder.Build().Run();
            """");

        ProviderSet api = _folder.Read(sources: Source("aspire", "AppHost", "catalog-api"));
        ProviderSet web = _folder.Read(sources: Source("aspire", "AppHost", "webapp"));

        api.AssertNoFaults();
        Assert.Equal(("value; with (brackets", "yes"), (api.ValueOf("Fixed"), api.ValueOf("Late")));
        Assert.Equal(("Program.cs", 9, 22), api.PlaceOf("Fixed"));
        Assert.False(api.Effective().Find("Computed")!.Value.ValueIsKnown);
        Assert.True(api.Effective().Exists("ConnectionStrings:catalogdb"));
        Assert.Empty(api.Effective().Opaque);
        Assert.True(web.Effective().Exists("services:catalog-api:http:0"));
        Assert.True(web.Effective().Exists("ConnectionStrings:cache"));
        Assert.True(web.Effective().Exists("PORT"));
        Assert.Equal(5045, Assert.Single(web.Network.Published).HostPort);
        Assert.Equal(["redis", "postgres", "catalogdb", "catalog-api", "webapp", "odd"], web.Network.Hosts.Select(static host => host.Name));
        Assert.NotEmpty(_folder.Read(sources: Source("aspire", "AppHost", "odd")).Effective().Opaque);
        _folder.Read(sources: Source("aspire", "AppHost", "none")).AssertFault(SettingsFaultKind.Missing, "no resource 'none'", 7);
    }

    [Theory]
    [InlineData("A=b", "A", "b")]
    [InlineData("export A = b", "A", "b")]
    [InlineData("A: b", "A", "b")]
    [InlineData("A='b $X # c'", "A", "b $X # c")]
    [InlineData("A=\"b\\n\\\"c\\\"\"", "A", "b\n\"c\"")]
    [InlineData("A=\"l1\nl2\"", "A", "l1\nl2")]
    [InlineData("A=b#c", "A", "b#c")]
    [InlineData("A=b # c", "A", "b")]
    [InlineData("A=", "A", "")]
    [InlineData("\r\nA=b\r\n", "A", "b")]
    [InlineData("X=1\nA=${X}2", "A", "12")]
    [InlineData("A.b-c=1", "A.b-c", "1")]
    public void Lines_of_env_files(string text, string name, string value)
    {
        var faults = new FaultList();
        ProvidedKey found = DotEnvFile.Parse(text, "/r/.env", faults).Last();
        Assert.Equal((name, value, 0), (found.Key, found.Value, faults.Count));
    }

    [Theory]
    [InlineData("A=1\nB C=2", 2)]
    [InlineData("A=\"x\n", 1)]
    [InlineData("=x", 1)]
    [InlineData("A=1\n\n'", 3)]
    public void Env_files_with_faults(string text, int line)
    {
        var faults = new FaultList();
        DotEnvFile.Parse(text, "/r/.env", faults);
        Assert.Equal(line, faults.ToImmutable()[0].Location.Line);
    }

    [Fact]
    public void A_source_of_an_unknown_kind_is_said_and_opaque()
    {
        ProviderSet set = _folder.Read(sources: Source("nomad", "x.hcl"));
        set.AssertFault(SettingsFaultKind.NotRead, "'nomad'", 7);
        Assert.NotEmpty(set.Effective().Opaque);
    }

    private static RuntimeSource Docker(string text)
    {
        var faults = new FaultList();
        RuntimeSource found = DockerfileSource.Parse(text, "/r/Dockerfile", "Dockerfile", "", new Dictionary<string, string?>(), faults);
        Assert.Equal(0, faults.Count);
        return found;
    }
}
