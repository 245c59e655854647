using System.IO.Compression;
using System.Text;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Configuration;

/// <summary>No value of a secret leaves the file it stands in: not in the console, the binary log, the reports, or what a build keeps in obj.</summary>
public sealed class SecretsStaySecretTests
{
    // One for each kind of source, so that what leaks says where from.
    private static readonly string[] Kinds = ["settings", "dotenv", "compose", "secretData", "stringData", "configMap", "generator", "launch", "image", "argument", "file", "workflow", "chart", "inMemory", "bare"];

    [Fact]
    public void A_secret_of_any_source_occurs_in_nothing_that_a_build_writes()
    {
        using TestRepository repo = SampleShop.Copy("secrets");
        var planted = new HashSet<string>(StringComparer.Ordinal);
        Plant(repo, planted);
        repo.Lock("src/Shop.Api");

        ProcessResult judged = repo.Dotnet("build", "src/Shop.Api", "--verbosity", "diagnostic");
        // It did look at them: each kind is told, none with its value.
        Assert.All<(string Id, string File)>(
            [("RGATE3010", "src/Shop.Api/appsettings.json"), ("RGATE3010", "compose.yaml"), ("RGATE3012", "src/Shop.Api/Dockerfile"), ("RGATE3012", "deploy/base/api.yaml"), ("RGATE3010", ".github/workflows/run.yml"), ("RGATE3007", "src/Shop.Api/appsettings.json")],
            told => Assert.True(judged.Errors.Any(found => found.Code == told.Id && found.File == repo.PathOf(told.File)), $"{told}\n{judged.Describe()}"));
        AssertHoldsNone(judged);

        ProcessResult explained = repo.Dotnet("build", "src/Shop.Api", "-t:ReproGateInit;ReproGateExplainConfig");
        Assert.True(explained.ExitCode == 0, explained.Describe());
        Assert.Contains("Payment:ApiKey = the value (not shown)", explained.Output, StringComparison.Ordinal);
        AssertHoldsNone(explained);

        // Reports, stamps, caches, the matrix that Init added to. The assembly holds the code's own constant, and so do its facts beside it; bin is a copy of what stands in the repository.
        string[] written =
        [
            .. Directory.EnumerateFiles(repo.Root, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(repo.Root, file).Replace('\\', '/'))
                .Where(file => !planted.Contains(file) && Path.GetExtension(file) is not (".dll" or ".pdb") && !file.Split('/').Any(static part => part is ".git" or "bin")),
        ];
        Assert.Contains(written, static file => file.StartsWith("src/Shop.Api/obj/", StringComparison.Ordinal) && file.Contains("sarif", StringComparison.Ordinal));
        Assert.Contains(written, static file => file.StartsWith("src/Shop.Api/obj/", StringComparison.Ordinal) && Path.GetFileName(file).StartsWith("configuration.", StringComparison.Ordinal));
        Assert.All(written, file => AssertHoldsNone(File.ReadAllBytes(repo.PathOf(file)), file, ofCode: !file.EndsWith(".facts.json", StringComparison.Ordinal)));
    }

    private static string Canary(string kind) => $"Canary-{kind}-7f3a91";

    /// <summary>Neither what was printed, nor the binary log, nor the files that MSBuild itself puts into it.</summary>
    private static void AssertHoldsNone(ProcessResult result)
    {
        AssertHoldsNone(Encoding.UTF8.GetBytes(result.Output), "the output");

        using var log = new MemoryStream();
        using (var packed = new GZipStream(File.OpenRead(result.Binlog!), CompressionMode.Decompress))
        {
            packed.CopyTo(log);
        }

        byte[] records = log.ToArray();
        Assert.True(records.AsSpan().IndexOf("ReproGate.Tasks"u8) > 0);
        AssertHoldsNone(records, "the binary log");

        // The archive of imported files lies in it compressed a second time.
        BuildLog read = BuildLog.Read(result);
        using var archive = new ZipArchive(new MemoryStream(read.Build.SourceFilesArchive ?? throw new InvalidOperationException("no files in the binary log")));
        Assert.Contains(archive.Entries, static entry => entry.FullName.EndsWith("Shop.Api.csproj", StringComparison.Ordinal));
        Assert.All(archive.Entries, static entry =>
        {
            using var content = new MemoryStream();
            using (Stream stream = entry.Open())
            {
                stream.CopyTo(content);
            }

            AssertHoldsNone(content.ToArray(), $"{entry.FullName} within the binary log");
        });
    }

    private static void AssertHoldsNone(byte[] content, string where, bool ofCode = true)
    {
        foreach (string kind in Kinds.Where(kind => ofCode || kind != "inMemory"))
        {
            foreach (byte[] form in (byte[][])[Encoding.UTF8.GetBytes(Canary(kind)), Encoding.Unicode.GetBytes(Canary(kind)), Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary(kind))))])
            {
                Assert.True(content.AsSpan().IndexOf(form) < 0, $"{where} holds the secret of {kind}");
            }
        }
    }

    private static void Plant(TestRepository repo, HashSet<string> planted)
    {
        void Write(string file, string content)
        {
            planted.Add(file);
            repo.Write(file, content);
        }

        void Replace(string file, string old, string text)
        {
            planted.Add(file);
            repo.Replace(file, old, text);
        }

        Replace("src/Shop.Api/appsettings.json", "\"AllowedHosts\": \"*\",", $$"""
            "AllowedHosts": "*",
              "Payment": { "ApiKey": "{{Canary("settings")}}", "Pin": "{{Canary("settings")}}" },
              "ConnectionStrings": { "Shop": "{{Canary("bare")}}" },
            """);
        Write(".env", $"PAYMENT_KEY={Canary("dotenv")}\nSHOP_DATABASE=Host=nowhere;Password={Canary("dotenv")}\n");
        Write("src/Shop.Api/local.env", $"Payment__ApiKey={Canary("dotenv")}\n");
        Replace("compose.yaml", "    environment:\n      ASPNETCORE_ENVIRONMENT: Staging\n", $"    secrets: [api]\n    environment:\n      ASPNETCORE_ENVIRONMENT: Staging\n      Payment__Token: {Canary("compose")}\n      Payment__Pin: {Canary("compose")}\n");
        Replace("compose.yaml", "services:\n", "secrets:\n  api:\n    file: ./api.secret\nservices:\n");
        Write("api.secret", Canary("file"));
        Replace("src/Shop.Api/Dockerfile", "EXPOSE 8080", $"ARG API_TOKEN={Canary("argument")}\nENV Payment__ApiKey={Canary("image")}\nEXPOSE 8080");
        Replace("deploy/base/api.yaml", "  Cache__Size: \"500\"\n", $$"""
              Cache__Size: "500"
              Payment__ApiKey: "{{Canary("configMap")}}"
            ---
            apiVersion: v1
            kind: Secret
            metadata:
              name: shop
            data:
              payment-key: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary("secretData")))}}
            stringData:
              database: Host=orders;Password={{Canary("stringData")}}

            """.ReplaceLineEndings("\n"));
        Replace("deploy/prod/kustomization.yaml", "patches:\n", $"secretGenerator:\n  - name: more\n    literals: [\"Payment__Pin={Canary("generator")}\"]\npatches:\n");
        Replace("deploy/prod/api.yaml", "          env:\n", "          envFrom:\n            - configMapRef: { name: api }\n            - secretRef: { name: more }\n          env:\n");
        Replace("src/Shop.Api/Properties/launchSettings.json", "\"ASPNETCORE_ENVIRONMENT\": \"Development\"", $"\"ASPNETCORE_ENVIRONMENT\": \"Development\", \"Payment__ApiKey\": \"{Canary("launch")}\", \"Payment__Pin\": \"{Canary("launch")}\"");
        Write(".github/workflows/run.yml", $"on: push\njobs:\n  run:\n    runs-on: ubuntu-latest\n    env:\n      ASPNETCORE_ENVIRONMENT: Staging\n      Payment__ApiKey: {Canary("workflow")}\n    steps:\n      - run: dotnet out/Shop.Api.dll\n");
        Write("charts/shop-api/Chart.yaml", "apiVersion: v2\nname: shop-api\n");
        Write("charts/shop-api/values.yaml", $"image: {{ repository: example/shop-api }}\napiKey: {Canary("chart")}\n");
        Write("charts/shop-api/templates/api.yaml", $"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: shop-api }}\nspec:\n  template:\n    spec:\n      containers:\n        - name: shop-api\n          image: example/shop-api\n          env:\n            - name: Payment__ApiKey\n              value: {Canary("chart")}\n");
        // In the code itself: what the compiler writes of it is the assembly, and what we keep of it.
        Replace("src/Shop.Api/Program.cs", "string key =", $"builder.Configuration.AddInMemoryCollection([new(\"Payment:Token\", \"{Canary("inMemory")}\")]);\n_ = builder.Configuration.GetValue<int>(\"Payment:Pin\");\n_ = builder.Configuration[\"Payment:Token\"] ?? \"\";\nstring key =");
        repo.Replace("reprogate.env.json", "    \"Queue:Pause\"", "    \"Payment:Pin\": { \"type\": \"secret int\", \"apps\": \"api\" },\n    \"Payment:Token\": { \"type\": \"secret?\", \"apps\": \"api\" },\n    \"Queue:Pause\"");
        repo.Replace("reprogate.env.json", "\"dev\": [\"launchSettings\"],", "\"dev\": [\"launchSettings\", \"env:src/Shop.Api/local.env\"],\n        \"ci\": [\"github:.github/workflows/run.yml#run\"],\n        \"helm\": [\"helm:charts/shop-api/values.yaml\"],");
        repo.Replace("reprogate.env.json", "\"environments\": {", "\"environments\": {\n    \"ci\": \"Staging\",\n    \"helm\": { \"name\": \"Production\", \"network\": \"k8s\" },");
    }
}
