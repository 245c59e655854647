using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ReproGate.Facts.Configuration;
using ReproGate.Linking;
using static ReproGate.Settings.Tests.Reading;

namespace ReproGate.Settings.Tests.Providers;

public sealed class ProviderAssemblyTests : IDisposable
{
    private static readonly string[] Arguments = ["--x=1"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The order of the builders of .NET itself, looked at, against ours.</summary>
    [Theory]
    [InlineData(HostKind.WebApplication)]
    [InlineData(HostKind.WebApplicationSlim)]
    [InlineData(HostKind.Empty)]
    [InlineData(HostKind.HostApplication)]
    [InlineData(HostKind.DefaultBuilder)]
    public void The_order_is_that_of_the_real_builder(HostKind kind)
    {
        string[] files = ["appsettings.json", "appsettings.Production.json", "Shop.settings.json", "Shop.settings.Production.json"];
        foreach (string file in files)
        {
            _folder.Write(file, "{ \"K\": 1 }");
        }

        _folder.Write("compose.yaml", "services:\n  api:\n    environment: { K: x, ASPNETCORE_K: x, DOTNET_K: x }\n    command: [\"--x=1\"]\n");

        // ConfigureWebHostDefaults names the application after the assembly that starts.
        List<string> real = [.. Real(kind, _folder.Root).Select(static name => name.Replace("ReproGate.Settings.Tests", "Shop", StringComparison.Ordinal))];
        List<string> ours =
        [
            .. _folder.Read(kind: kind, sources: Source("compose", "compose.yaml", "api")).Providers.Where(static provider => provider.Loaded).Select(static provider => provider.Kind switch
            {
                ProviderKind.JsonFile => provider.Name,
                ProviderKind.EnvironmentVariables => $"env {provider.Prefix}",
                _ => provider.Kind.ToString(),
            }),
        ];

        // The command line stands a second time below the files, where it can win nothing.
        int last = real.LastIndexOf("CommandLine");
        Assert.Equal(real.Where((name, index) => name != "CommandLine" || index == last), ours);
    }

    [Fact]
    public void The_file_of_another_environment_is_there_and_not_loaded()
    {
        _folder.Write("appsettings.json", "{}");
        _folder.Write("appsettings.Staging.json", "{ \"A\": 1 }");

        ProviderFacts staging = Assert.Single(_folder.Read().Providers, static provider => provider.Name == "appsettings.Staging.json");

        Assert.Equal((false, "Staging", true), (staging.Loaded, staging.ForEnvironment, staging.InPublish));
        Assert.Contains("Staging", staging.NotLoadedBecause, StringComparison.Ordinal);
        Assert.True(_folder.Read("Staging").Effective().Exists("A"));
    }

    [Fact]
    public void A_file_whose_name_differs_in_case_is_not_loaded_and_says_which_name_was_expected()
    {
        _folder.Write("appsettings.production.json", "{ \"A\": 1 }");

        ProviderSet set = _folder.Read();

        ProviderFacts file = Assert.Single(set.Providers);
        Assert.Equal((false, "appsettings.Production.json", "appsettings.production.json"), (file.Loaded, file.ExpectedName, file.Name));
        Assert.False(set.Effective().Exists("A"));
    }

    [Fact]
    public void User_secrets_belong_to_Development_and_are_never_read()
    {
        var host = new HostConfiguration(HostKind.WebApplication) { UserSecretsId = "id" };

        ProviderFacts there = Assert.Single(_folder.Read("Development", host: host).Providers);
        ProviderFacts elsewhere = Assert.Single(_folder.Read("Production", host: host).Providers);

        Assert.Equal((true, true, true, 0), (there.Loaded, there.Opaque, there.DeveloperOnly, there.Keys.Length));
        Assert.False(elsewhere.Loaded);
    }

    [Fact]
    public void A_launch_profile_and_an_env_file_that_nobody_declares_give_nothing()
    {
        _folder.Write("Properties/launchSettings.json", "{ \"profiles\": { \"p\": { \"commandName\": \"Project\", \"environmentVariables\": { \"A\": \"1\" } } } }");
        _folder.Write(".env", "B=2\n");

        ProviderSet set = _folder.Read();

        Assert.False(set.Effective().Exists("A"));
        Assert.False(set.Effective().Exists("B"));
        Assert.Equal([("A", true), ("B", true)], set.Providers.Select(static provider => (provider.Keys.Single().Key, provider.DeveloperOnly)));
    }

    [Fact]
    public void An_env_file_that_the_matrix_declares_counts_and_is_a_developers_where_git_does_not_track_it()
    {
        _folder.Write("deploy/prod.env", "Orders__Url=x\n");
        ProviderSet set = new ProviderReader(_folder.Root).Read(new ProviderRequest
        {
            Host = new HostConfiguration(HostKind.WebApplication),
            ProjectDirectory = _folder.Root,
            EnvironmentName = "Production",
            Sources = [Source("env", "deploy/prod.env")],
            IsTracked = static _ => false,
        });

        Assert.Equal("x", set.ValueOf("Orders:Url"));
        Assert.True(set.Effective().Find("Orders:Url")!.Winner.DeveloperOnly);
        Assert.Equal("env:deploy/prod.env", set.Effective().Find("Orders:Url")!.Winner.Source);
    }

    [Fact]
    public void What_code_adds_later_beats_the_variables()
    {
        _folder.Write("late.json", "{ \"A\": \"late\", \"B\": \"late\" }");
        _folder.Write("only.json", "{ \"C\": \"only\" }");
        _folder.Write("first.json", "{ \"A\": \"first\", \"D\": \"first\" }");
        _folder.Write(".env", "A=env\nD=env\n");
        var place = new SourceLocation("/r/Program.cs", 5, 1);
        var host = new HostConfiguration(HostKind.WebApplication)
        {
            Operations =
            [
                new ProviderOperation(ProviderKind.JsonFile, place) { Argument = "late.json" },
                new ProviderOperation(ProviderKind.JsonFile, place) { Argument = "only.json", OnlyIn = ["Staging"] },
                new ProviderOperation(ProviderKind.JsonFile, place) { Argument = "first.json", First = true },
                new ProviderOperation(ProviderKind.InMemory, place) { Entries = [new("B", "memory")] },
            ],
        };

        ProviderSet set = _folder.Read(host: host, sources: Source("env", ".env"));

        set.AssertNoFaults();
        Assert.Equal(("late", "memory", null, "env"), (set.ValueOf("A"), set.ValueOf("B"), set.ValueOf("C"), set.ValueOf("D")));
        Assert.Equal(["env", "first"], set.Effective().Find("A")!.Shadowed.Select(static shadow => shadow.Key.Value));
        Assert.Contains(set.Providers, static provider => provider.Name == "only.json" && provider.NotLoadedBecause.Contains("Staging", StringComparison.Ordinal));
    }

    [Fact]
    public void Clear_leaves_only_what_comes_after()
    {
        _folder.Write("appsettings.json", "{ \"A\": 1 }");
        _folder.Write("own.xml", "<r><B>2</B></r>");
        var host = new HostConfiguration(HostKind.HostApplication) { Operations = [new ProviderOperation(ProviderKind.Clear, null), new ProviderOperation(ProviderKind.XmlFile, null) { Argument = "own.xml" }] };

        ProviderSet set = _folder.Read(host: host);
        Assert.Equal(["B"], set.Effective().Keys.Select(static key => key.Key));
        Assert.Contains("clears", Assert.Single(set.Providers, static provider => provider.Name == "appsettings.json").NotLoadedBecause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_must_be_there_and_is_not()
    {
        var host = new HostConfiguration(HostKind.Custom) { Operations = [new ProviderOperation(ProviderKind.JsonFile, new SourceLocation("/r/Program.cs", 5, 9)) { Argument = "config/none.json" }] };

        _folder.Read(host: host).AssertFault(SettingsFaultKind.Missing, "config/none.json", 5);
    }

    [Fact]
    public void Names_known_only_at_run_time_vaults_and_unfollowed_code_are_opaque()
    {
        var host = new HostConfiguration(HostKind.Custom)
        {
            Incomplete = true,
            Operations = [new ProviderOperation(ProviderKind.JsonFile, null) { Argument = null }, new ProviderOperation(ProviderKind.External, null) { TypeName = "Azure.Vault" }],
        };

        Assert.Equal(4, _folder.Read(host: host, sources: Source("external", "vault")).Effective().Opaque.Length);
    }

    [Fact]
    public void WebAssembly_reads_public_files()
    {
        _folder.Write("wwwroot/appsettings.json", "{ \"A\": 1 }");
        _folder.Write("appsettings.json", "{ \"B\": 1 }");

        ProviderFacts provider = Assert.Single(_folder.Read(kind: HostKind.WebAssembly).Providers);
        Assert.Equal(("wwwroot/appsettings.json", ProviderOrigin.PublicFile, true), (provider.Name, provider.Origin, provider.InPublish));
    }

    [Fact]
    public void Listening_ports_of_an_image_that_compose_overrides()
    {
        _folder.Write("Dockerfile", "FROM mcr.microsoft.com/dotnet/aspnet:10.0\nEXPOSE 8080\n");
        _folder.Write("compose.yaml", "services:\n  api:\n    build: .\n    environment:\n      ASPNETCORE_HTTP_PORTS: 9090\n");

        ListeningPort port = Assert.Single(ListeningPorts.Find(_folder.Read(sources: Source("compose", "compose.yaml", "api")).Effective()));
        Assert.Equal((9090, 5), (port.Port, port.Location!.Line));
    }

    [Fact]
    public void Many_applications_share_what_is_read()
    {
        _folder.Write("compose.yaml", string.Concat(Enumerable.Range(0, 100).Select(static i => $"  s{i}:\n    environment: {{ A: \"{i}\" }}\n").Prepend("services:\n")));
        _folder.Write("appsettings.json", "{ \"A\": 0 }");
        var reader = new ProviderReader(_folder.Root);

        string?[] values = [.. Enumerable.Range(0, 100).AsParallel().AsOrdered().Select(i => reader.Read(new ProviderRequest
        {
            Host = new HostConfiguration(HostKind.WebApplication),
            ProjectDirectory = _folder.Root,
            EnvironmentName = "Production",
            Sources = [Source("compose", "compose.yaml", $"s{i}")],
        }).ValueOf("A"))];
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => $"{i}"), values);
    }

    private static IEnumerable<string> Real(HostKind kind, string root)
    {
        switch (kind)
        {
            case HostKind.WebApplication:
                return Names(WebApplication.CreateBuilder(new WebApplicationOptions { Args = Arguments, ApplicationName = "Shop", ContentRootPath = root }).Configuration);
            case HostKind.WebApplicationSlim:
                return Names(WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = Arguments, ApplicationName = "Shop", ContentRootPath = root }).Configuration);
            case HostKind.Empty:
                return Names(WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = Arguments, ApplicationName = "Shop", ContentRootPath = root }).Configuration);
            case HostKind.HostApplication:
                return Names(Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = Arguments, ApplicationName = "Shop", ContentRootPath = root }).Configuration);
            default:
                using (IHost host = Host.CreateDefaultBuilder(Arguments).UseContentRoot(root).ConfigureWebHostDefaults(static web => web.Configure(static _ => { })).Build())
                {
                    return [.. Providers((IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>())];
                }
        }
    }

    private static IEnumerable<string> Names(ConfigurationManager configuration) => [.. ((IConfigurationBuilder)configuration).Sources.Select(static source => source switch
    {
        JsonConfigurationSource json => json.Path!,
        EnvironmentVariablesConfigurationSource variables => $"env {variables.Prefix}",
        CommandLineConfigurationSource => "CommandLine",
        _ => "",
    }).Where(static name => name.Length > 0)];

    private static IEnumerable<string> Providers(IConfigurationRoot root) => root.Providers.SelectMany(static provider => provider switch
    {
        ChainedConfigurationProvider chained => Providers((IConfigurationRoot)chained.Configuration),
        JsonConfigurationProvider json => [json.Source.Path!],
        EnvironmentVariablesConfigurationProvider variables => [$"env {variables.ToString() switch { { } text when text.Contains('\'', StringComparison.Ordinal) => text.Split('\'')[1], _ => "" }}"],
        CommandLineConfigurationProvider => ["CommandLine"],
        _ => (string[])[],
    });
}
