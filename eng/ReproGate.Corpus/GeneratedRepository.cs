using System.Globalization;
using System.Text;
using NuGet.Versioning;
using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>
/// A repository made for many mutations at once: libraries with a package each, above two shared projects, and web applications with an
/// environment matrix, settings files, launch settings, a Dockerfile, compose and Kubernetes. It passes the gate as it is made.
/// </summary>
internal static class GeneratedRepository
{
    public const string Entry = "Wide.slnx";

    /// <summary>How many mutations share an application, of those that can.</summary>
    private const int Sharing = 20;

    /// <summary>Mutations that can be judged in one repository of at most some projects: of one stage, in libraries or in applications.</summary>
    public static IEnumerable<(string Part, Catalogue Mutations)> Parts(Catalogue catalogue, int projects)
    {
        foreach (IGrouping<(Stage Stage, bool IsApplication), Mutation> group in catalogue.Mutations.GroupBy(static mutation => (mutation.Stage, IsApplication(mutation))))
        {
            var part = new List<Mutation>();
            int number = 0;
            foreach (Mutation mutation in group.OrderBy(mutation => catalogue.Places[mutation.Place].Shared))
            {
                part.Add(mutation);
                if (Projects(part) == projects + 1)
                {
                    part.RemoveAt(part.Count - 1);
                    yield return Part();
                    part = [mutation];
                }
            }

            if (part.Count > 0)
            {
                yield return Part();
            }

            (string, Catalogue) Part() => (string.Create(CultureInfo.InvariantCulture, $"{(group.Key.IsApplication ? "applications" : "libraries")}, {group.Key.Stage} {++number}"), catalogue with { Mutations = [.. part] });
        }

        int Projects(List<Mutation> part)
        {
            int shared = part.Count(mutation => catalogue.Places[mutation.Place].Shared);
            return part.Count - shared + ((shared + Sharing - 1) / Sharing);
        }
    }

    /// <summary>Makes it for these mutations, locked and committed.</summary>
    /// <param name="feed">Where its packages come from; they are added there.</param>
    /// <param name="mutations">What it must have room for.</param>
    public static TestRepository Create(HttpFeed feed, Catalogue mutations)
    {
        int shared = mutations.Mutations.Count(mutation => mutations.Places[mutation.Place].Shared);
        return Create(
            feed,
            libraries: mutations.Mutations.Count(static mutation => !IsApplication(mutation)) + 1,
            applications: mutations.Mutations.Count(IsApplication) - shared + ((shared + Sharing - 1) / Sharing));
    }

    private static bool IsApplication(Mutation mutation) => mutation.Place.StartsWith("app", StringComparison.Ordinal);

    private static TestRepository Create(HttpFeed feed, int libraries, int applications)
    {
        TestRepository repository = TestRepository.Create("wide", privatePackages: true, privateHome: true).UseHttpFeed(feed);
        Offer(feed);
        repository.Write("Directory.Build.props", $"""
            <Project>
              <Sdk Name="ReproGate.Sdk" Version="{TestEnvironment.SdkVersion}" />
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
            </Project>
            """);
        var projects = new List<string> { "src/Deep/Deep.csproj", "src/Base/Base.csproj" };
        repository.Write("src/Deep/Deep.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />\n");
        repository.Write("src/Deep/DeepThing.cs", "namespace Deep;\n\npublic static class DeepThing\n{\n    public static int Do() => 1;\n}\n");
        repository.Write("src/Base/Base.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <ItemGroup>\n    <ProjectReference Include=\"../Deep/Deep.csproj\" />\n  </ItemGroup>\n</Project>\n");
        repository.Write("src/Base/BaseThing.cs", "namespace Base;\n\npublic static class BaseThing\n{\n    public static int Do() => Deep.DeepThing.Do() + 1;\n}\n");
        var central = new StringBuilder();
        for (int number = 1; number <= libraries; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"Lib{number:00}");
            string package = string.Create(CultureInfo.InvariantCulture, $"Acme.Part{number:00}");
            string below = string.Create(CultureInfo.InvariantCulture, $"Acme.Under{number:00}");
            foreach (string version in (string[])["1.0.0", "1.1.0", "2.0.0"])
            {
                feed.Add(below, version);
                feed.Add(package, version, [$"{below}/{version}"]);
            }

            central.Append(CultureInfo.InvariantCulture, $"    <PackageVersion Include=\"{package}\" Version=\"1.0.0\" />\n");
            repository.Write($"src/{name}/{name}.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <ItemGroup>
                    <PackageReference Include="{package}" />
                    <ProjectReference Include="../Base/Base.csproj" />
                  </ItemGroup>
                </Project>

                """);
            repository.Write($"src/{name}/{name}Thing.cs", $$"""
                namespace {{name}};

                public static class {{name}}Thing
                {
                    public static int Do() => {{package.Replace(".", "", StringComparison.Ordinal)}}.Thing.Do() + Base.BaseThing.Do();
                }

                """);
            projects.Add($"src/{name}/{name}.csproj");
        }

        repository.Write("Directory.Packages.props", $"<Project>\n  <PropertyGroup>\n    <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>\n  </PropertyGroup>\n  <ItemGroup>\n{central}  </ItemGroup>\n</Project>\n");
        var apps = new StringBuilder();
        for (int number = 1; number <= applications; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"App{number:00}");
            Application(repository, name, 5100 + number);
            apps.Append(CultureInfo.InvariantCulture, $$"""
                    "{{name.ToLowerInvariant()}}": {
                      "project": "apps/{{name}}/{{name}}.csproj",
                      "sources": {
                        "dev": ["launchSettings"],
                        "test": ["dockerfile:apps/{{name}}/Dockerfile", "compose:apps/{{name}}/compose.yaml#{{name.ToLowerInvariant()}}"],
                        "prod": ["dockerfile:apps/{{name}}/Dockerfile", "k8s:apps/{{name}}/deploy#Deployment/{{name.ToLowerInvariant()}}"]
                      }
                    },

                """);
            projects.Add($"apps/{name}/{name}.csproj");
        }

        repository.Write("reprogate.env.json", $$"""
            {
              "environments": {
                "dev": "Development",
                "test": { "name": "Staging", "network": "compose" },
                "prod": { "name": "Production", "network": "k8s" },
              },
              "apps": {
            {{apps}}  },
              "keys": {
                "Cache:Host": "string",
                "ConnectionStrings:Shop": { "type": "secret connection-string", "dev": "appsettings", "prod": "k8s" },
                "Mirrors": "array?",
                "Orders:Mode": "enum(Fast|Safe)?",
                "Orders:Url": "url",
                "Pages": "int?",
              },
            }

            """.ReplaceLineEndings("\n"));
        return repository.Solution(Entry, [.. projects]).Lock(Entry);
    }

    /// <summary>Packages that only mutations ask for.</summary>
    private static void Offer(HttpFeed feed)
    {
        feed.Add("Acme.Text", "1.0.0").Add("Acme.Text", "1.1.0");
        feed.Add(new FeedPackage("Acme.Tool", NuGetVersion.Parse("1.0.0"), PackageFixture.Tool("Acme.Tool", "1.0.0", "acme")));
        feed.Add("Acme.Fresh", "1.0.0").Add("Acme.Fresh", "1.1.0", describe: static package => package with { Published = DateTimeOffset.UtcNow.AddDays(-1) });
        feed.Add("Acme.Retired", "1.0.0", describe: static package => package with { Deprecation = new FeedDeprecation(["Legacy"], "It is retired.", "Acme.Text") });
        feed.Add("Acme.Broken", "1.0.0", describe: static package => package with { Deprecation = new FeedDeprecation(["CriticalBugs"]) }).Add("Acme.Broken", "1.1.0");
        feed.Add("Acme.Hidden", "1.0.0", describe: static package => package with { Listed = false }).Add("Acme.Hidden", "1.1.0");
        foreach ((string id, string file) in ((string, string)[])
        [
            ("Acme.BuildProps", "build/Acme.BuildProps.props"), ("Acme.BuildTargets", "build/Acme.BuildTargets.targets"),
            ("Acme.Transitive", "buildTransitive/Acme.Transitive.props"), ("Acme.Multi", "buildMultiTargeting/Acme.Multi.props"),
            ("Acme.ReadMe", "docs/readme.txt"),
        ])
        {
            feed.Add(new FeedPackage(id, NuGetVersion.Parse("1.0.0"), PackageFixture.Bytes(id, "1.0.0", files: [(file, Encoding.UTF8.GetBytes("<Project />"))])));
        }

        feed.Add(new FeedPackage("Acme.Analysis", NuGetVersion.Parse("1.0.0"), PackageFixture.Bytes("Acme.Analysis", "1.0.0", files: [("analyzers/dotnet/cs/Acme.Analysis.Rules.dll", PackageFixture.Assembly("Acme.Analysis.Rules", "1.0.0"))])));
        // Names that imitate: misspelt, swapped, one letter more, letters of other alphabets. Each brings the code of what it imitates, so that it works.
        foreach ((string id, string imitated) in ((string, string)[])
        [
            ("Newtonsoft.Jsom", "Newtonsoft.Json"), ("Newtosnoft.Json", "Newtonsoft.Json"), ("Serrilog", "Serilog"), ("Dappper", "Dapper"),
            ("Nеwtonsoft.Json", "Newtonsoft.Json"), ("Serіlog", "Serilog"), ("AutoMaper", "AutoMapper"),
        ])
        {
            feed.Add(imitated, "1.0.0", describe: static package => package with { Owners = ["known"], Downloads = 900_000_000, Verified = true });
            feed.Add(new FeedPackage(id, NuGetVersion.Parse("1.0.0"), PackageFixture.Bytes(id, "1.0.0", files: [($"lib/netstandard2.0/{imitated}.dll", PackageFixture.Assembly(imitated, "1.0.0"))])) { Owners = ["stranger"], Downloads = 12 });
        }
    }

    private static void Application(TestRepository repository, string name, int port)
    {
        string app = name.ToLowerInvariant();
        string folder = $"apps/{name}";
        repository.Write($"{folder}/{name}.csproj", """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <RootNamespace>Shop</RootNamespace>
              </PropertyGroup>
            </Project>

            """);
        repository.Write($"{folder}/Program.cs", """
            var builder = WebApplication.CreateBuilder(args);
            string cache = builder.Configuration["Cache:Host"] ?? throw new InvalidOperationException("no cache");
            string orders = builder.Configuration["Orders:Url"] ?? throw new InvalidOperationException("no orders");
            string mode = builder.Configuration["Orders:Mode"] ?? "Safe";
            string shop = builder.Configuration.GetConnectionString("Shop") ?? throw new InvalidOperationException("no database");
            string[] mirrors = builder.Configuration.GetSection("Mirrors").Get<string[]>() ?? [];
            int pages = builder.Configuration.GetValue("Pages", 10);

            var app = builder.Build();
            app.MapGet("/", () => $"{cache} {orders} {mode} {shop.Length} {mirrors.Length} {pages}");
            app.Run();

            """);
        repository.Write($"{folder}/appsettings.json", """
            {
              "AllowedHosts": "*",
              "Cache": {
                "Host": "cache"
              },
              "Orders": {
                "Url": "https://orders.example.com",
                "Mode": "Safe"
              },
              "Mirrors": [
                "https://one.example.com",
                "https://two.example.com"
              ]
            }

            """);
        repository.Write($"{folder}/appsettings.Development.json", """
            {
              "DetailedErrors": true,
              "Orders": {
                "Url": "http://localhost:5080",
                "Mode": "Fast"
              },
              "ConnectionStrings": {
                "Shop": "Host=localhost;Database=shop;Username=dev;Password=dev"
              }
            }

            """);
        repository.Write($"{folder}/Properties/launchSettings.json", $$"""
            {
              "profiles": {
                "http": {
                  "commandName": "Project",
                  "applicationUrl": "http://localhost:{{port + 2000}}",
                  "environmentVariables": {
                    "ASPNETCORE_ENVIRONMENT": "Development"
                  }
                }
              }
            }

            """);
        repository.Write($"{folder}/Dockerfile", $"FROM mcr.microsoft.com/dotnet/aspnet:10.0\nWORKDIR /app\nEXPOSE 8080\nENTRYPOINT [\"dotnet\", \"{name}.dll\"]\n");
        repository.Write($"{folder}/compose.yaml", $$"""
            services:
              {{app}}:
                build:
                  context: .
                environment:
                  ASPNETCORE_ENVIRONMENT: Staging
                  ASPNETCORE_HTTP_PORTS: "8080"
                  Orders__Url: http://orders:8080
                  ConnectionStrings__Shop: ${SHOP_DATABASE:?}
                ports:
                  - "{{port}}:8080"
              orders:
                image: example/orders:1
                ports:
                  - "{{port + 1000}}:8080"
              cache:
                image: redis:8

            """.ReplaceLineEndings("\n"));
        repository.Write($"{folder}/deploy/app.yaml", $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {{app}}
            spec:
              selector:
                matchLabels: { app: {{app}} }
              template:
                metadata:
                  labels: { app: {{app}} }
                spec:
                  containers:
                    - name: {{app}}
                      image: example/{{app}}:1
                      ports:
                        - name: http
                          containerPort: 8080
                      env:
                        - name: ASPNETCORE_HTTP_PORTS
                          value: "8080"
                        - name: Orders__Url
                          value: http://orders
                        - name: ConnectionStrings__Shop
                          valueFrom:
                            secretKeyRef: { name: shop, key: database }
                      envFrom:
                        - configMapRef: { name: {{app}} }
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: {{app}}
            data:
              Pages: "500"
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: {{app}}
            spec:
              selector: { app: {{app}} }
              ports:
                - port: 80
                  targetPort: 8080
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: cache
            spec:
              selector: { app: cache }
              ports:
                - port: 6379
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: orders
            spec:
              selector: { app: orders }
              ports:
                - port: 80

            """.ReplaceLineEndings("\n"));
        repository.Write($"{folder}/deploy/kustomization.yaml", "resources:\n  - app.yaml\n");
    }
}
