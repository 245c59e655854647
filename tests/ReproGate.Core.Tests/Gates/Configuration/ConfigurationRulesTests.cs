using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using static ReproGate.Core.Tests.Gates.Configuration.HandMade;

namespace ReproGate.Core.Tests.Gates.Configuration;

/// <summary>The rules about configuration on hand-made facts; their whole way is proven in the integration tests.</summary>
public sealed class ConfigurationRulesTests
{
    [Fact]
    public void A_read_without_a_row_is_told_with_the_line_to_insert()
    {
        Finding finding = Assert.Single(Judge(App() with { Code = Reads(Read("Orders:Url") with { Type = ConfigurationValueType.Url }) }));

        Assert.Equal(("RGATE3001", Code), (finding.Rule.Id, finding.Location));
        Assert.Contains("\"Orders:Url\": \"url\"", finding.Fix, StringComparison.Ordinal);
        Assert.Equal("\n    \"Orders:Url\": \"url\",", Assert.Single(finding.Edits).NewText);
    }

    [Fact]
    public void Of_several_applications_the_line_to_insert_names_the_one_that_reads()
    {
        AppConfiguration app = App();
        AppConfiguration beside = app with { Matrix = app.Matrix with { Apps = app.Matrix.Apps.Add(new MatrixApp("other", "src/Other.csproj", MatrixFile)) }, Code = Reads(Read("Orders:Url") with { Type = ConfigurationValueType.Url }) };

        Assert.Equal($"\n    \"Orders:Url\": {{ \"type\": \"url\", \"apps\": \"{app.App.Name}\" }},", Assert.Single(Assert.Single(Judge(beside)).Edits).NewText);
    }

    [Theory]
    [InlineData("Logging:LogLevel:Default", "code")]
    [InlineData("AllowedHosts", "code")]
    [InlineData("Kestrel:Endpoints:Http:Url", "code")]
    [InlineData("urls", "code")]
    [InlineData("ASPNETCORE_ENVIRONMENT", "code")]
    [InlineData("Serilog:MinimumLevel", "library:Serilog")]
    [InlineData("", "code")]
    public void Keys_of_hosts_and_libraries_need_no_row(string key, string origin) =>
        Assert.Empty(Judge(App() with { Code = Reads(Read(key) with { Origin = origin, WholeSection = key.Length == 0 }) }));

    [Fact]
    public void A_connection_string_that_the_code_names_is_its_own_though_a_library_reads_it()
    {
        ConfigurationRead named = Read("ConnectionStrings:orders") with { Origin = "library:Aspire.Npgsql", AnyOf = "orders" };
        ConfigurationRead alternative = Read("Aspire:Npgsql:ConnectionString") with { Origin = "library:Aspire.Npgsql", AnyOf = "orders" };
        Assert.Equal(["RGATE3001"], Ids(App() with { Code = Reads(named, alternative) }));

        AppConfiguration declared = App(Row("ConnectionStrings:orders")) with { Code = Reads(named, alternative) };
        Assert.Equal(["RGATE3002"], Ids(declared));
        Assert.Empty(Ids(With(declared, Json("ConnectionStrings:orders", "Host=db"))));
        Assert.Empty(Ids(With(declared, Json("Aspire:Npgsql:ConnectionString", "Host=db"))));
        // Near miss: the alternative of another connection.
        Assert.Contains("RGATE3002", Ids(With(declared with { Code = Reads(named, alternative with { AnyOf = "stock" }) }, Json("Aspire:Npgsql:ConnectionString", "Host=db"))));
    }

    [Theory]
    [InlineData("Orders:Url", "Orders:Url", true)]
    [InlineData("orders:url", "Orders:Url", true)]
    [InlineData("Orders:**", "Orders:Url", true)]
    [InlineData("*:Url", "Orders:Url", true)]
    [InlineData("Tenants:*:Url", "Tenants:*:Url", true)]
    [InlineData("Tenants:*:Url", "Tenants:a:Url", true)]
    [InlineData("Orders", "Orders:Url", false)]
    [InlineData("Orders:Url:X", "Orders:Url", false)]
    [InlineData("Tenants:a:Url", "Tenants:*:Name", false)]
    public void A_row_covers_what_its_pattern_says(string row, string key, bool covered) =>
        Assert.Equal(covered, !Ids(App(Row(row)) with { Code = Reads(Read(key) with { Requirement = Requirement.Optional }) }).Contains("RGATE3001"));

    [Fact]
    public void A_row_of_another_app_does_not_count()
    {
        Finding finding = Assert.Single(Judge(App(Row("A:B") with { Apps = ["other"] }) with { Code = Reads(Read("A:B")) }));
        Assert.Contains("Add \"api\" to \"apps\"", finding.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Requirement.Required, "RGATE3002")]
    [InlineData(Requirement.Optional, "")]
    [InlineData(Requirement.Defaulted, "")]
    public void Without_a_cell_the_code_says_whether_a_key_may_be_missing(Requirement requirement, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ids(App(Row("A:B")) with { Code = Reads(Read("A:B") with { Requirement = requirement }) })));

    [Fact]
    public void A_cell_decides_over_the_code()
    {
        AppConfiguration app = App(Row("A:B") with { Cells = Cells("prod", Presence.Required, "any") }) with { Code = Reads(Read("A:B") with { Requirement = Requirement.Optional }) };
        Assert.Equal(["RGATE3002"], Ids(app));
        Assert.Empty(Ids(App(Row("A:B") with { Cells = Cells("prod", Presence.Optional, "any") }) with { Code = Reads(Read("A:B")) }));
        Assert.Empty(Ids(App(Row("A:B") with { Cells = Cells("prod", Presence.Required, "external:vault") }) with { Code = Reads(Read("A:B")) }));
    }

    [Theory]
    [InlineData(ProviderOrigin.Workload, "Orders:Url", true)]
    [InlineData(ProviderOrigin.ConfigMap, "Orders:Url", true)]
    // Docker hands a colon through.
    [InlineData(ProviderOrigin.Compose, "Orders:Url", false)]
    [InlineData(ProviderOrigin.Compose, "Orders_Url", true)]
    [InlineData(ProviderOrigin.Workload, "Orders.Url", true)]
    [InlineData(ProviderOrigin.Workload, "Orders__Url", false)]
    [InlineData(ProviderOrigin.Workload, "Stock:Url", false)]
    public void A_variable_whose_name_does_not_become_the_key_is_told(ProviderOrigin origin, string name, bool told)
    {
        AppConfiguration app = App(Row("Orders:Url")) with { Code = Reads(Read("Orders:Url") with { Requirement = Requirement.Optional }) };
        var provider = new ProviderFacts(ProviderKind.EnvironmentVariables, "the workload")
        {
            Origin = origin,
            Keys = [new ProvidedKey(name.Replace("__", ":", StringComparison.Ordinal), "http://orders", new SourceLocation("/repo/deploy.yaml", 9, 5)) { WrittenAs = name }],
        };

        Assert.Equal(told, Ids(With(app, provider)).Contains("RGATE3042"));
    }

    [Fact]
    public void What_cannot_be_known_has_the_benefit_of_the_doubt()
    {
        AppConfiguration app = App(Row("A:B")) with { Code = Reads(Read("A:B")) };
        Assert.Empty(Ids(With(app, new ProviderFacts(ProviderKind.External, "vault") { Opaque = true })));
        Assert.Empty(Ids(app with { Code = app.Code with { Host = app.Code.Host with { Incomplete = true } } }));
        Assert.Empty(Ids(app with { Code = Reads(Read("A:B") with { NotIn = ["Production"] }) }));
        Assert.Empty(Ids(app with { Code = Reads(Read("A:B") with { OnlyIn = ["Development"] }) }));
        Assert.Empty(Ids(With(app with { Code = Reads(Read("A:B") with { AnyOf = "g" }, Read("C:D") with { AnyOf = "g", Requirement = Requirement.Optional }), Matrix = Matrix(Row("A:B"), Row("C:D")) }, Json("C:D", "x"))));
    }

    [Fact]
    public void What_only_a_developer_has_is_told_where_it_is()
    {
        ProviderFacts secrets = Json("A:B", "x") with { Kind = ProviderKind.LaunchSettings, DeveloperOnly = true, Origin = ProviderOrigin.LaunchSettings, Name = "launchSettings.json" };
        Finding finding = Assert.Single(Judge(With(App(Row("A:B")) with { Code = Reads(Read("A:B")) }, secrets)));
        Assert.Equal(("RGATE3003", 3), (finding.Rule.Id, finding.Location.Line));
    }

    [Fact]
    public void A_file_that_is_never_loaded_is_told_and_another_environment_s_is_not()
    {
        ProviderFacts file = Json("A:B", "x") with { Loaded = false, ForEnvironment = "Prod", NotLoadedBecause = "it is another's" };
        Assert.Equal(["RGATE3004"], Ids(With(App(Row("A:B")) with { Code = Reads(Read("A:B")) }, file)));
        Assert.Equal(["RGATE3002"], Ids(With(App(Row("A:B")) with { Code = Reads(Read("A:B")) }, file with { ForEnvironment = "Production" })));
    }

    [Fact]
    public void A_misspelt_key_is_told_with_the_one_that_is_meant()
    {
        AppConfiguration app = App(Row("Orders:Url")) with { Code = Reads(Read("Orders:Url") with { Requirement = Requirement.Optional }) };
        Finding finding = Assert.Single(Judge(With(app, Json("Ordrs:Url", "x"))));
        Assert.Equal("RGATE3005", finding.Rule.Id);
        Assert.Contains("Did you mean 'Orders:Url'", finding.What, StringComparison.Ordinal);
        // A root that is bound, and a key computed from nothing, may read anything.
        Assert.Empty(Ids(With(app with { Code = Reads(Read("Orders:Url") with { Requirement = Requirement.Optional }, Read("") with { WholeSection = true }) }, Json("Ordrs:Url", "x"))));
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("null", "RGATE3043")]
    [InlineData("[]", "RGATE3043")]
    public void A_section_that_is_left_empty_is_read_by_whoever_reads_from_it(string written, string told)
    {
        AppConfiguration app = App(Row("Orders:Url")) with { Code = Reads(Read("Orders:Url")) };
        ProviderFacts upper = Json("Orders", "") with { Name = "appsettings.Production.json" };
        upper = upper with { Keys = [upper.Keys[0] with { Value = written == "[]" ? "" : null, EmptyContainer = written != "null" }] };
        Assert.Equal(told, string.Join(' ', Ids(With(app, Json("Orders:Url", "http://orders"), upper))));
        // Near miss: a section of which nothing is read.
        Assert.Equal(["RGATE3005"], Ids(With(app, Json("Orders:Url", "http://orders"), upper with { Keys = [upper.Keys[0] with { Key = "Stock" }] })));
    }

    [Fact]
    public void A_row_that_nothing_reads_is_told_where_it_holds_for_one_app_only()
    {
        Assert.Equal(["RGATE3006"], Ids(App(Row("Old:Key"))));
        MatrixKey own = Row("Old:Key") with { Location = new SourceLocation(MatrixFile.File, 7, 5), LastOwnLine = 9 };
        Assert.Equal(new TextEdit(MatrixFile.File, 7, 1, 10, 1, ""), Assert.Single(Assert.Single(Judge(App(own))).Edits));
        Assert.Empty(Assert.Single(Judge(App(own with { LastOwnLine = 0 }))).Edits);
        // The other application may read it: deleting the row would take it from that one too.
        AppConfiguration shared = App(own);
        Assert.Empty(Assert.Single(Judge(shared with { Matrix = shared.Matrix with { Keys = [own with { Apps = [shared.App.Name, "other"] }] } })).Edits);
        Assert.Empty(Ids(App(Row("VERSION") with { BuildPhase = true })));
        AppConfiguration two = App(Row("Old:Key"));
        Assert.Empty(Ids(two with { Matrix = two.Matrix with { Apps = [.. two.Matrix.Apps, new MatrixApp("other", "O.csproj", MatrixFile)] } }));
    }

    [Theory]
    [InlineData(ConfigurationValueType.Int, "42", true)]
    [InlineData(ConfigurationValueType.Int, "0x2A", true)]
    [InlineData(ConfigurationValueType.Int, "4.2", false)]
    [InlineData(ConfigurationValueType.Int, "${COUNT}", true)]
    [InlineData(ConfigurationValueType.Int, "", true)]
    [InlineData(ConfigurationValueType.Number, "1.5", true)]
    [InlineData(ConfigurationValueType.Number, "one", false)]
    [InlineData(ConfigurationValueType.Bool, "True", true)]
    [InlineData(ConfigurationValueType.Bool, "yes", false)]
    [InlineData(ConfigurationValueType.Url, "https://x", true)]
    [InlineData(ConfigurationValueType.Url, "http://+:80;https://x", true)]
    [InlineData(ConfigurationValueType.Url, "/x", false)]
    [InlineData(ConfigurationValueType.Url, "localhost:80", false)]
    [InlineData(ConfigurationValueType.Port, "8080", true)]
    [InlineData(ConfigurationValueType.Port, "80800", false)]
    [InlineData(ConfigurationValueType.Duration, "00:00:30", true)]
    [InlineData(ConfigurationValueType.Duration, "30s", false)]
    [InlineData(ConfigurationValueType.Enum, "fast", true)]
    [InlineData(ConfigurationValueType.Enum, "Quick", false)]
    [InlineData(ConfigurationValueType.Array, "a,b", false)]
    public void A_value_fits_its_type_as_NET_converts_it(ConfigurationValueType type, string value, bool fits)
    {
        AppConfiguration app = App(Row("A:B") with { Type = type, EnumMembers = type == ConfigurationValueType.Enum ? ["Fast", "Safe"] : [] }) with { Code = Reads(Read("A:B") with { Requirement = Requirement.Optional }) };
        Assert.Equal(fits ? "" : "RGATE3007", string.Join(' ', Ids(With(app, Json("A:B", value)))));
    }

    [Fact]
    public void A_secret_is_never_shown()
    {
        AppConfiguration app = App(Row("A:Password") with { Type = ConfigurationValueType.Int, Secret = true }) with { Code = Reads(Read("A:Password")) };
        Finding[] findings = Judge(With(app, Json("A:Password", "hunter2")));
        Assert.Equal(["RGATE3007", "RGATE3010"], findings.Select(static finding => finding.Rule.Id).Order());
        Assert.All(findings, static finding => Assert.DoesNotContain("hunter2", finding.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AKIAIOSFODNN7EXAMPLE", false)]
    [InlineData("AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==", false)]
    [InlineData("kJ8#mZ2$qW9!xR4@vT6%nB1^yL3&pD5*", false)]
    [InlineData("ghp_short", false)]
    [InlineData("ghp_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij", true)]
    public void Only_what_is_certainly_a_secret_accuses(string text, bool secret) =>
        Assert.Equal(secret ? "RGATE3010" : "", string.Join(' ', Ids(App() with { Code = Reads() with { Literals = [new LiteralConstant(text, Code, "App")] } })));

    [Fact]
    public void A_source_is_right_wrong_or_forbidden()
    {
        AppConfiguration read = App() with { Code = Reads(Read("A:B") with { Requirement = Requirement.Optional }) };
        AppConfiguration app(Presence presence, string source) => With(read with { Matrix = Matrix(Row("A:B") with { Cells = Cells("prod", presence, source) }) }, Json("A:B", "x"));
        Assert.Empty(Ids(app(Presence.Required, "appsettings")));
        Assert.Equal(["RGATE3008"], Ids(app(Presence.Required, "compose")));
        Assert.Equal(["RGATE3008"], Ids(app(Presence.Required, "external:vault")));
        // Nobody has agreed to that yet.
        Assert.Empty(Ids(app(Presence.Required, MatrixText.Unconfirmed)));
        Assert.Equal(["RGATE3008"], Ids(app(Presence.Forbidden, "any")));
    }

    [Fact]
    public void A_computed_key_needs_a_pattern_or_its_member()
    {
        AppConfiguration known = App() with { Code = Reads() with { Unresolved = [new UnresolvedRead(Code, "\"Tenants:\" + id", "is data") { Pattern = "Tenants:*", Member = "N.T.Get" }] } };
        Assert.Equal(["RGATE3009"], Ids(known));
        Assert.Empty(Ids(known with { Matrix = Matrix(Row("Tenants:*")) }));
        AppConfiguration unknown = App() with { Code = Reads() with { Unresolved = [new UnresolvedRead(Code, "id", "is data") { Member = "N.T.Get" }] } };
        Assert.Equal(["RGATE3009"], Ids(unknown));
        Assert.Empty(Ids(unknown with { Matrix = Matrix(Row("X:*") with { ReadBy = "N.T" }) }));
        Assert.Equal(["RGATE3009"], Ids(unknown with { Matrix = Matrix(Row("X:*") with { ReadBy = "N.Tea" }) }).Where(static id => id != "RGATE3006"));
    }

    [Fact]
    public void A_computed_read_whose_pattern_nobody_wrote_yet_may_be_of_any_key()
    {
        AppConfiguration unknown = With(App() with { Code = Reads() with { Unresolved = [new UnresolvedRead(Code, "configuration", "is handed to a library") { Member = "N.T.Get" }] } }, Json("Queue:Host", "rabbit"));
        AppConfiguration Declared(params MatrixKey[] rows) => unknown with { Matrix = unknown.Matrix with { Keys = [.. rows] } };

        // As ReproGateInit writes it, and with the pattern that a person gave; a placeholder left beside it counts no more.
        Assert.Empty(Ids(Declared(Row("(N.T.Get):*") with { ReadBy = "N.T.Get" })));
        Assert.Equal(["RGATE3005"], Ids(Declared(Row("Mail:*") with { ReadBy = "N.T.Get" })));
        Assert.Equal(["RGATE3005"], Ids(Declared(Row("(N.T.Get):*") with { ReadBy = "N.T.Get" }, Row("Mail:*") with { ReadBy = "N.T.Get" })));
        Assert.Empty(Ids(Declared(Row("Queue:*") with { ReadBy = "N.T.Get" })));
    }

    [Theory]
    [InlineData("http://localhost:80", "Api:Url", true)]
    [InlineData("Server=(localdb)\\x;Database=d", "ConnectionStrings:Db", true)]
    [InlineData("http://127.0.0.1", "Api:Url", true)]
    [InlineData("Data Source=localhost;Initial Catalog=shop;Integrated Security=true", "ConnectionStrings:Db", true)]
    [InlineData("Data Source=(localdb)\\x", "ConnectionStrings:Db", true)]
    // SQLite's file.
    [InlineData("Data Source=localhost", "ConnectionStrings:Db", false)]
    [InlineData("Data Source=localhost;Mode=ReadWrite;Cache=Shared", "ConnectionStrings:Db", false)]
    [InlineData("http://localhost:80", "Cors:Origins", false)]
    [InlineData("http://api.example.com", "Api:Url", false)]
    [InlineData("localhost is a word", "Api:Text", false)]
    public void Localhost_in_a_container_is_told(string value, string key, bool told)
    {
        AppConfiguration app = App(Row(key) with { Type = ConfigurationValueType.String }) with { Code = Reads(Read(key) with { Requirement = Requirement.Optional }) };
        app = With(app, Json(key, value));
        app = app with { Environments = [.. app.Environments.Select(static environment => environment with { Environment = environment.Environment with { Network = NetworkKind.Compose } })] };
        Assert.Equal(told ? "RGATE3032" : "", string.Join(' ', Ids(app)));
        Assert.Empty(Ids(app with { Environments = [.. app.Environments.Select(static environment => environment with { Environment = environment.Environment with { Network = NetworkKind.Host } })] }));
    }

    [Theory]
    // Nobody's containers are named: the environment's network is all that is known.
    [InlineData(null, null, true)]
    [InlineData("compose:compose.yaml#api", null, true)]
    [InlineData("external:vault", "compose:compose.yaml#web", true)]
    [InlineData(null, "compose:compose.yaml#web", false)]
    public void Localhost_is_no_fault_of_an_application_that_has_no_container_where_others_have_one(string? own, string? others, bool told)
    {
        AppConfiguration app = With(App(Row("Api:Url")) with { Code = Reads(Read("Api:Url") with { Requirement = Requirement.Optional }) }, Json("Api:Url", "http://localhost:80"));
        MatrixApp api = Sources(app.App, own);
        app = app with
        {
            App = api,
            Matrix = app.Matrix with { Apps = [api, Sources(new MatrixApp("web", "src/Web.csproj", MatrixFile), others)] },
            Environments = [.. app.Environments.Select(static environment => environment with { Environment = environment.Environment with { Network = NetworkKind.Compose } })],
        };
        Assert.Equal(told ? ["RGATE3032"] : [], Ids(app));

        static MatrixApp Sources(MatrixApp app, string? source) => source is null
            ? app
            : app with { Sources = app.Sources.Add("prod", [new MatrixSource(source[..source.IndexOf(':')], [], "", MatrixFile)]) };
    }

    [Theory]
    [InlineData(false, "", "", "http", 5000, "localhost", true)]
    [InlineData(false, "", "", "https", 5000, "127.0.0.1", true)]
    [InlineData(false, "", "", "http", 5000, "", true)]
    [InlineData(false, "", "", "http", 5000, "192.168.0.7", false)]
    [InlineData(false, "", "", "http", 5001, "localhost", false)]
    // Nobody has said that the two belong together, until one app host starts both.
    [InlineData(true, "", "", "http", 5000, "localhost", false)]
    [InlineData(true, "AppHost", "AppHost", "http", 5000, "localhost", true)]
    [InlineData(true, "AppHost", "OtherHost", "http", 5000, "localhost", false)]
    [InlineData(false, "AppHost", "", "http", 5000, "localhost", false)]
    // Which of its profiles an app host starts is not known, that it takes those of one name is.
    [InlineData(true, "AppHost", "AppHost", "https", 5000, "localhost", false)]
    // But for those that it names.
    [InlineData(true, "AppHost", "AppHost", "https!", 5000, "localhost", true)]
    [InlineData(true, "AppHost", "OtherHost", "https!", 5000, "localhost", false)]
    public void Two_applications_launched_on_one_port_are_told_where_they_run_together(bool inferred, string host, string otherHost, string profile, int port, string address, bool told)
    {
        var place = new SourceLocation("/repo/src/Properties/launchSettings.json", 6, 20);
        ProviderFacts launch = Json("urls", "http://localhost:5000") with { DeveloperOnly = true, Kind = ProviderKind.LaunchSettings, Keys = [new ProvidedKey("urls", "http://localhost:5000", place)] };
        var dev = new MatrixEnvironment("dev", "Development", NetworkKind.Host, MatrixFile);
        MatrixApp web = App("web", otherHost) with { Inferred = inferred };
        MatrixApp api = App("api", host);
        AppConfiguration app = HandMade.App() with { App = api };
        app = app with
        {
            Matrix = app.Matrix with { Environments = [dev], Apps = [web, api] },
            Environments = [new AppEnvironment(dev, new ProviderSet
            {
                Providers = [launch],
                Network = new NetworkFacts { Launched = [new LaunchedPort("api", "http", 5000, place) { HostIp = "localhost", Chosen = profile.EndsWith('!') }, new LaunchedPort("web", profile.TrimEnd('!'), port, MatrixFile) { HostIp = address, Chosen = profile.EndsWith('!') }] },
            })],
        };

        Finding[] findings = Judge(app);
        Assert.Equal(told ? ["RGATE3030"] : [], findings.Select(static finding => finding.Rule.Id));
        Assert.All(findings, finding => Assert.Equal(place, finding.Location));
        // Told once, by the later of the two; and of what listens nowhere, or elsewhere, nothing is told.
        Assert.Empty(Judge(app with { Matrix = app.Matrix with { Apps = [api, web] } }));
        Assert.Empty(Judge(app with { Code = app.Code with { Host = new HostConfiguration(HostKind.HostApplication) } }));
        Assert.DoesNotContain("RGATE3030", Ids(With(app, launch, Json("Kestrel:Endpoints:Http:Url", "http://localhost:6000"))));

        static MatrixApp App(string name, string host) => new(name, $"src/{name}.csproj", MatrixFile)
        {
            Sources = ImmutableDictionary<string, ImmutableArray<MatrixSource>>.Empty.Add("dev", host.Length == 0
                ? [new MatrixSource("launchSettings", [], "", MatrixFile)]
                : [new MatrixSource("launchSettings", [], "", MatrixFile), new MatrixSource("aspire", [host], name, MatrixFile)]),
        };
    }

    [Theory]
    [InlineData(5005, 7000, "", ProviderOrigin.BaseImage, true)]
    [InlineData(5005, 7000, "", ProviderOrigin.ProjectFile, true)]
    [InlineData(5005, 7000, "Production", ProviderOrigin.BaseImage, true)]
    [InlineData(8080, 5005, "", ProviderOrigin.ProjectFile, false)]
    // Computed; what is configured fits, and a condition may not have been seen.
    [InlineData(0, 7000, "", ProviderOrigin.BaseImage, false)]
    [InlineData(5005, 8080, "", ProviderOrigin.BaseImage, false)]
    [InlineData(5005, 8080, "", ProviderOrigin.ProjectFile, false)]
    // Not called here: what is configured is what counts.
    [InlineData(5005, 8080, "Development", ProviderOrigin.ProjectFile, false)]
    public void A_port_that_code_opens_is_compared_with_what_the_container_declares(int opened, int configured, string onlyIn, ProviderOrigin origin, bool told)
    {
        AppConfiguration app = With(App(), Json("urls", $"http://*:{configured}") with { Origin = origin });
        app = app with
        {
            Code = app.Code with { Host = app.Code.Host with { Listeners = [new CodeListener(ListenerKind.Endpoint, opened, "http", "*", "ListenAnyIP", Code) { OnlyIn = onlyIn.Length > 0 ? [onlyIn] : [] }] } },
            Environments = [.. app.Environments.Select(static environment => new AppEnvironment(
                environment.Environment with { Network = NetworkKind.Kubernetes },
                environment.Set with { Network = new NetworkFacts { Declared = [new DeclaredPort(8080, "Deployment/api", PortOrigin.ContainerPort, MatrixFile)] } }))],
        };

        Finding[] findings = [.. Judge(app).Where(static finding => finding.Rule.Id == "RGATE3031")];
        Assert.Equal(told ? 1 : 0, findings.Length);
        Assert.All(findings, static finding => Assert.Contains("listens on 5005 in the environment 'prod' ('ListenAnyIP' in Program.cs, line 7)", finding.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_application_that_a_machine_wrote_is_not_asked_for_keys_where_nothing_says_that_it_runs()
    {
        AppConfiguration app = App(Row("A:B")) with { Code = Reads(Read("A:B") with { Requirement = Requirement.Required }) };
        app = app with { Environments = [.. app.Environments.Select(static environment => environment with { Environment = environment.Environment with { Network = NetworkKind.Kubernetes } })] };
        Assert.Equal(["RGATE3002"], Ids(app));

        MatrixApp other = new("other", "src/Other.csproj", MatrixFile) { Sources = ImmutableDictionary<string, ImmutableArray<MatrixSource>>.Empty.Add("prod", [new MatrixSource("k8s", ["deploy"], "Deployment/other", MatrixFile)]) };
        AppConfiguration beside = app with { Matrix = app.Matrix with { Apps = [app.App with { Inferred = true }, other] }, App = app.App with { Inferred = true } };
        Assert.Empty(Ids(beside));
        // On hosts it may run with its own files alone, but where a job is all there is.
        AppConfiguration host = beside with { Environments = [.. beside.Environments.Select(static environment => environment with { Environment = environment.Environment with { Network = NetworkKind.Host } })] };
        Assert.Equal(["RGATE3002"], Ids(host));
        Assert.Empty(Ids(host with { Matrix = host.Matrix with { Apps = [host.App, other with { Sources = other.Sources.SetItem("prod", [new MatrixSource("github", ["run.yml"], "e2e", MatrixFile)]) }] } }));
        // A person has said that it belongs there.
        Assert.Equal(["RGATE3002"], Ids(beside with { App = app.App }));
        // Without the other nothing says where what runs.
        Assert.Equal(["RGATE3002"], Ids(beside with { Matrix = beside.Matrix with { Apps = [beside.App] } }));
    }
}
