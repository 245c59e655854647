using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Configuration;

/// <summary>RGATE3001 to 3044 through the packed package, on the shop of testassets/config-shop: an API, a worker, a WebAssembly client, compose with an override, Kubernetes with an overlay, three environments.</summary>
public sealed class ConfigurationGateTests
{
    [Fact]
    public void The_shop_passes_an_unchanged_build_loads_nothing_and_a_changed_manifest_is_judged_again()
    {
        using TestRepository repo = Shop("shöp with space");
        repo.Dotnet("build", "Shop.slnx").AssertGreen();
        Assert.True(File.Exists(repo.PathOf("obj/reprogate/reprogate.env.schema.json")));

        ProcessResult again = repo.Dotnet("build", "src/Shop.Api");
        again.AssertGreen();
        BuildLog log = BuildLog.Read(again).AssertNothingOfOursLoaded();
        Assert.DoesNotContain(log.Targets, static target => target.Contains("Configuration", StringComparison.Ordinal) && target.Contains("ReproGate", StringComparison.Ordinal));

        // Near miss: another number is one.
        repo.Replace("deploy/base/api.yaml", "\"500\"", "\"600\"");
        repo.Dotnet("build", "src/Shop.Api").AssertGreen();
        repo.Replace("deploy/base/api.yaml", "\"600\"", "many");
        ProcessResult explained = repo.Dotnet("build", "src/Shop.Api", "-t:ReproGateExplainConfig", "-p:Environment=test");
        Assert.Contains("Orders:Url = \"http://orders:8080\"   compose.yaml service api compose.yaml(", explained.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox", repo.Dotnet("build", "src/Shop.Api", "-t:ReproGateExplainConfig", "-p:Environment=dev").Output, StringComparison.Ordinal);

        ProcessResult why = repo.Run("dotnet", [Tool.Tool.Assembly, "why", "ORDERS__URL", "src/Shop.Api", "--environment", "test"]);
        Assert.True(why.ExitCode == 0, why.ToString());
        Assert.Contains("read as Orders:Url src/", why.Output, StringComparison.Ordinal);
        Assert.Contains("declared as Orders:Url reprogate.env.json(", why.Output, StringComparison.Ordinal);
        Assert.Contains("Orders:Url = \"http://orders:8080\"   compose.yaml service api compose.yaml(", why.Output, StringComparison.Ordinal);

        // A build that explains does not judge; the next one does.
        Diagnostic red = repo.Dotnet("build", "src/Shop.Api").AssertOnlyRed("RGATE3007", repo.PathOf("deploy/base/api.yaml"), repo.LineOf("deploy/base/api.yaml", "many"));
        Assert.Contains("Write a whole number there", red.Text, StringComparison.Ordinal);

        repo.Replace("reprogate.env.json", "\"url\", \"apps\": \"api\"", "\"hunter2\", \"apps\": \"api\"");
        Diagnostic malformed = repo.Dotnet("build", "src/Shop.Api").AssertOnlyRed("RGATE0001", repo.PathOf("reprogate.env.json"), repo.LineOf("reprogate.env.json", "hunter2"));
        Assert.DoesNotContain("hunter2", malformed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_fault_is_told_by_its_rule_at_its_place()
    {
        using TestRepository repo = Shop("red");
        Break(repo);

        ProcessResult result = repo.Dotnet("build", "src/Shop.Api");

        (string Id, string File, string At, bool Error)[] expected =
        [
            ("RGATE3001", "src/Shop.Api/Program.cs", "New:Key", true),
            ("RGATE3001", "src/Shop.Api/Pages/Hello.cshtml", "Page:Title", true),
            ("RGATE3002", "reprogate.env.json", "\"Cache:Host\"", true),
            ("RGATE3003", "src/Shop.Api/Properties/launchSettings.json", "Feature__Flag", true),
            ("RGATE3004", "src/Shop.Api/appsettings.Prod.json", "Rate", true),
            ("RGATE3005", "src/Shop.Api/appsettings.json", "\"https://misspelt.example.com\"", false),
            ("RGATE3006", "reprogate.env.json", "\"Old:Key\"", false),
            ("RGATE3007", "deploy/base/api.yaml", "many", true),
            ("RGATE3008", "src/Shop.Api/appsettings.json", "\"Level\"", true),
            ("RGATE3010", "src/Shop.Api/appsettings.Development.json", "ApiKey", true),
            ("RGATE3010", "src/Shop.Api/Program.cs", "\"/token\"", true),
            ("RGATE3011", "src/Shop.Api/wwwroot/settings.json", "Key", true),
            ("RGATE3012", "src/Shop.Api/Dockerfile", "Payment__ApiKey", true),
            ("RGATE3013", "src/Shop.Api/appsettings.Prod.json", "{", false),
            ("RGATE3021", "compose.yaml", "Version", true),
            ("RGATE3030", "compose.override.yaml", "5002:6379", true),
            ("RGATE3030", "src/Shop.Api/Properties/launchSettings.json", "applicationUrl", true),
            ("RGATE3031", "src/Shop.Api/Dockerfile", "EXPOSE", true),
            ("RGATE3032", "compose.yaml", "localhost", true),
            ("RGATE3033", "compose.yaml", "serch", true),
            ("RGATE3040", "compose.yaml", "C:\\data", false),
            ("RGATE3041", "src/Shop.Api/appsettings.staging.json", "{", true),
            ("RGATE3042", "compose.yaml", "Orders_Mode", true),
            ("RGATE3043", "src/Shop.Api/appsettings.Development.json", "localhost:1\"", false),
            ("RGATE3044", "compose.yaml", "${SIZE}", true),
        ];
        Assert.NotEqual(0, result.ExitCode);
        Assert.All(expected, fault =>
        {
            int line = repo.LineOf(fault.File, fault.At);
            Assert.True(
                result.Findings.Any(found => found.Code == fault.Id && found.IsError == fault.Error && found.File == repo.PathOf(fault.File) && found.Line == line),
                $"{fault.Id} at {fault.File}({line})\n{result.Describe()}");
        });
        string[] places = [.. expected.Select(fault => $"{fault.Id} {repo.PathOf(fault.File)} {repo.LineOf(fault.File, fault.At)}")];
        Assert.All(result.Findings.Where(static found => found.Code.StartsWith("RGATE3", StringComparison.Ordinal) && found.Code != "RGATE3009"), found =>
            Assert.True(places.Contains($"{found.Code} {found.File} {found.Line}"), $"unexpected: {found}"));
        // No secret in what was told.
        Assert.DoesNotContain("abc123", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdefghij", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_looks_like_a_fault_passes()
    {
        using TestRepository repo = Shop("near");
        repo.Replace("src/Shop.Api/Program.cs", "var app = builder.Build();", """
            _ = builder.Configuration["Orders:Token"] ?? "none";
            _ = builder.Configuration["ASPNETCORE_ENVIRONMENT"];
            _ = builder.Configuration["Logging:LogLevel:Default"];
            _ = Environment.GetEnvironmentVariable("PATH");
            _ = AcmeCache.Thing.Do();
            var app = builder.Build();
            """);
        // A package that says itself what it reads.
        PackageFixture.Create(repo.Feed, "Acme.Cache", "1.0.0", files: [("ConfigurationSchema.json", """{ "properties": { "Acme": { "properties": { "Cache": { "properties": { "Seconds": { "type": "integer" } } } } } } }"""u8.ToArray())]);
        repo.Replace("src/Shop.Api/Shop.Api.csproj", "<ProjectReference", "<PackageReference Include=\"Acme.Cache\" Version=\"1.0.0\" />\n    <ProjectReference");
        repo.Replace("src/Shop.Api/appsettings.json", "\"AllowedHosts\": \"*\",", "\"AllowedHosts\": \"*\",\n  \"Acme\": { \"Cache\": { \"Seconds\": 30 } },");
        // Optional, from a vault or another group's key, and the emulator's published key; a variable that is declared for the build, and CI's.
        repo.Replace("reprogate.env.json", "    \"Orders:Url\"", "    \"Orders:Token\": { \"type\": \"secret?\", \"apps\": \"api\" },\n    \"SHOP_BRAND\": { \"type\": \"build string\", \"apps\": \"api\" },\n    \"Orders:Url\"");
        repo.Replace("src/Shop.Api/Shop.Api.csproj", "<Nullable>", "<Product>$(SHOP_BRAND)</Product>\n    <SourceRevisionId>$(GITHUB_SHA)</SourceRevisionId>\n    <Nullable>");
        repo.Replace("src/Shop.Api/appsettings.json", "\"AllowedHosts\": \"*\",", "\"AllowedHosts\": \"*\",\n  \"Kestrel\": { \"Limits\": { \"MaxConcurrentConnections\": \"100\" } },");
        repo.Replace("src/Shop.Api/appsettings.json", "\"Mode\": \"Safe\"", "\"Mode\": \"safe\",\n    \"Token\": \"\"");
        repo.Replace("compose.yaml", "      Payment__ApiKey", "      TZ: Europe/Berlin\n      OTEL_SERVICE_NAME: api\n      Cache__Size: ${SIZE:-100}\n      Payment__ApiKey");
        repo.Replace("compose.override.yaml", "\"6379:6379\"", "\"127.0.0.1:6379:6379\"");
        Admin(repo, " // inferred");
        repo.Replace("src/Shop.Api/Dockerfile", "EXPOSE 8080", "EXPOSE 8080\nEXPOSE 8081");
        repo.Lock("src/Shop.Api");

        repo.Dotnet("build", "src/Shop.Api").AssertGreen();

        // The one port that the image declares: the configuration has another, until the code opens it.
        repo.Replace("src/Shop.Api/Dockerfile", "EXPOSE 8080\nEXPOSE 8081", "EXPOSE 8083");
        repo.Dotnet("build", "src/Shop.Api").AssertOnlyRed("RGATE3031", repo.PathOf("src/Shop.Api/Dockerfile"), repo.LineOf("src/Shop.Api/Dockerfile", "EXPOSE"));
        // What tests read is theirs.
        repo.Dotnet("build", "src/Shop.Api", "-p:IsTestProject=true").AssertGreen();
        repo.Replace("src/Shop.Api/Program.cs", "var app = builder.Build();", "builder.WebHost.ConfigureKestrel(options => options.ListenAnyIP(8083));\nvar app = builder.Build();");
        repo.Dotnet("build", "src/Shop.Api").AssertGreen();
    }

    [Fact]
    public void Init_writes_a_matrix_that_passes_and_a_second_run_changes_nothing()
    {
        using TestRepository repo = Shop("init");
        File.Delete(repo.PathOf("reprogate.env.json"));
        ProcessResult first = repo.Dotnet("build", "Shop.slnx", "-t:ReproGateInit");
        Assert.True(first.ExitCode == 0, first.ToString());
        string matrix = repo.Read("reprogate.env.json");
        Assert.Contains("\"Orders:Url\": { \"type\": \"url\", \"apps\": \"Shop.Api\" }, // inferred", matrix, StringComparison.Ordinal);
        Assert.Contains("\"compose\": [\"compose:compose.yaml,compose.override.yaml#api\"]", matrix, StringComparison.Ordinal);
        Assert.Contains("\"k8s-prod\": [\"dockerfile:src/Shop.Api/Dockerfile\", \"k8s:deploy/prod#Deployment/api\"]", matrix, StringComparison.Ordinal);
        Assert.Contains("\"Queue:Url\":", matrix, StringComparison.Ordinal);

        repo.Dotnet("build", "Shop.slnx").AssertGreen();
        Assert.Equal(0, repo.Dotnet("build", "Shop.slnx", "-t:ReproGateInit").ExitCode);
        Assert.Equal(matrix, repo.Read("reprogate.env.json"));
    }

    [Fact]
    public void Variables_for_WebAssembly_and_computed_keys_are_told()
    {
        using TestRepository repo = TestRepository.Create("client");
        repo.Project("Hosting/Hosting.csproj", static project => project.Property("AssemblyName", "Microsoft.AspNetCore.Components.WebAssembly").Item("FrameworkReference", "Microsoft.AspNetCore.App"));
        repo.Write("Hosting/Builder.cs", SampleShop.HostBuilder);
        repo.Project("Client/Client.csproj", static project => project.Property("OutputType", "Exe").Item("FrameworkReference", "Microsoft.AspNetCore.App").Reference("../Hosting/Hosting.csproj"));
        repo.Write("Client/Program.cs", """
            public static class Program
            {
                public static void Main(string[] args)
                {
                    var builder = Microsoft.AspNetCore.Components.WebAssembly.Hosting.WebAssemblyHostBuilder.CreateDefault(args);
                    _ = builder.Configuration["Api:Url"] ?? "";
                    _ = builder.Configuration["Tenants:" + args[0] + ":Url"];
                }
            }
            """);
        repo.Write("compose.yaml", "services:\n  client:\n    image: nginx\n    environment:\n      Api__Url: http://api:8080\n  api:\n    image: example/api\n");
        repo.Write("reprogate.env.json", """
            {
              "environments": { "prod": { "name": "Production", "network": "compose" } },
              "apps": { "client": { "project": "Client/Client.csproj", "sources": { "prod": "compose:compose.yaml#client" } } },
              "keys": {
                "Api:Url": "url?"
              }
            }
            """);
        repo.Lock("Client/Client.csproj");

        ProcessResult result = repo.Dotnet("build", "Client/Client.csproj");
        result.AssertRed("RGATE3022", repo.PathOf("compose.yaml"), 5);
        Diagnostic computed = result.AssertRed("RGATE3009", repo.PathOf("Client/Program.cs"), 7);
        Assert.Contains("\"Tenants:*:Url\"", computed.Text, StringComparison.Ordinal);

        repo.Replace("reprogate.env.json", "\"url?\"", "\"url?\",\n    \"Tenants:*:Url\": \"url\"");
        repo.Replace("compose.yaml", "      Api__Url: http://api:8080\n", "      NGINX_PORT: \"80\"\n");
        Assert.DoesNotContain(repo.Dotnet("build", "Client/Client.csproj").Findings, static found => found.IsError);
    }

    private static TestRepository Shop(string name)
    {
        TestRepository repo = SampleShop.Copy(name);
        repo.Solution("Shop.slnx", "src/Shop.Api/Shop.Api.csproj", "src/Shop.Client/Shop.Client.csproj", "src/Shop.Worker/Shop.Worker.csproj");
        return repo.Lock("Shop.slnx");
    }

    /// <summary>A web application that developers run on the port of the API; only its files are looked at.</summary>
    private static void Admin(TestRepository repo, string comment)
    {
        repo.Write("src/Shop.Admin/Shop.Admin.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />");
        repo.Write("src/Shop.Admin/Properties/launchSettings.json", repo.Read("src/Shop.Api/Properties/launchSettings.json"));
        repo.Replace("reprogate.env.json", "  \"apps\": {\n", $"  \"apps\": {{\n    \"admin\": {{ \"project\": \"src/Shop.Admin/Shop.Admin.csproj\", \"sources\": {{ \"dev\": \"launchSettings\" }} }},{comment}\n");
    }

    private static void Break(TestRepository repo)
    {
        repo.Write("src/Shop.Api/Pages/Hello.cshtml", """
            @page
            @inject Microsoft.Extensions.Configuration.IConfiguration Settings
            <h1>@Settings["Page:Title"]</h1>
            """);
        repo.Replace("src/Shop.Api/Program.cs", "var app = builder.Build();", """
            _ = builder.Configuration["New:Key"];
            _ = builder.Configuration.Required("Feature:Flag");
            _ = builder.Configuration.Required("Tax:Rate");
            _ = builder.Configuration["Debug:Level"] ?? "low";
            _ = builder.Configuration["Search:Url"] ?? "";
            _ = builder.Configuration["Storage:Path"] ?? "";
            _ = builder.Configuration["Client:Key"] ?? "";
            builder.Configuration.AddJsonFile("wwwroot/settings.json", optional: true);
            var app = builder.Build();
            """.ReplaceLineEndings("\n") + "\n" + $"app.MapGet(\"/token\", () => \"{"gh"}p_0123456789abcdefghijABCDEFGHIJ012345\");");
        repo.Replace("src/Shop.Api/appsettings.json", """
              "Cache": {
                "Host": "cache"
              },
            """, """
              "Ordrs": {
                "Url": "https://misspelt.example.com"
              },
              "Debug": {
                "Level": "high"
              },
            """);
        repo.Replace("src/Shop.Api/Properties/launchSettings.json", "\"ASPNETCORE_ENVIRONMENT\": \"Development\"", "\"ASPNETCORE_ENVIRONMENT\": \"Development\",\n        \"Feature__Flag\": \"on\"");
        repo.Write("src/Shop.Api/appsettings.Prod.json", "{\n  \"Tax\": {\n    \"Rate\": \"19\"\n  }\n}\n");
        repo.Write("src/Shop.Api/appsettings.staging.json", "{\n}\n");
        repo.Write("src/Shop.Api/wwwroot/settings.json", "{\n  \"Client\": {\n    \"Key\": \"abc123\"\n  }\n}\n");
        repo.Replace("src/Shop.Api/appsettings.Development.json", "\"ConnectionStrings\"", "\"Tax\": { \"Rate\": \"19\" },\n  \"Mirrors\": [ \"http://localhost:1\" ],\n  \"ConnectionStrings\"");
        repo.Replace("deploy/base/api.yaml", "\"500\"", "many");
        repo.Replace("src/Shop.Api/Dockerfile", "EXPOSE 8080", "EXPOSE 8081\nENV Payment__ApiKey=abc123");
        repo.Replace("compose.yaml", "Orders__Url: http://orders:8080", """
            Orders__Url: http://localhost:8080
                  Version: "2"
                  Search__Url: http://serch:9200
                  Storage__Path: C:\data
                  Orders_Mode: Fast
                  Tax__Rate: "19"
                  Cache__Size: ${SIZE}
            """.ReplaceLineEndings("\n"));
        repo.Replace("compose.override.yaml", "\"6379:6379\"", "\"5002:6379\"");
        Admin(repo, "");
        repo.Replace("reprogate.env.json", "\"apps\": \"api\", \"dev\": \"appsettings\", \"prod\": \"k8s\" },\n    \"Queue:Pause\"", "\"apps\": \"api\", \"prod\": \"k8s\" },\n    \"Queue:Pause\"");
        repo.Replace("reprogate.env.json", "    \"Mirrors\"", """
                "Client:Key": { "type": "secret?", "apps": "api" },
                "Debug:Level": { "type": "string", "apps": "api", "dev": "?", "test": "?", "prod": "-" },
                "Feature:Flag": { "type": "string", "apps": "api" },
                "Old:Key": { "type": "string", "apps": "api" },
                "Search:Url": { "type": "url?", "apps": "api" },
                "Storage:Path": { "type": "path?", "apps": "api" },
                "Tax:Rate": { "type": "number", "apps": "api" },
                "Version": { "type": "build string", "apps": "api" },
                "Mirrors"
            """.ReplaceLineEndings("\n"));
    }
}
