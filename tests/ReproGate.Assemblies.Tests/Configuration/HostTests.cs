using ReproGate.Facts.Configuration;

namespace ReproGate.Assemblies.Tests.Configuration;

/// <summary>How an executable builds its configuration.</summary>
public sealed class HostTests
{
    public static TheoryData<string, string> Chains => new()
    {
        { "var b = WebApplication.CreateBuilder(args);", "WebApplication" },
        { "var b = WebApplication.CreateSlimBuilder(args);", "WebApplicationSlim" },
        { "var b = WebApplication.CreateEmptyBuilder(new());", "Empty" },
        { "var b = Host.CreateApplicationBuilder(args);", "HostApplication" },
        { "var b = Host.CreateEmptyApplicationBuilder(null);", "Empty" },
        { "var b = Host.CreateDefaultBuilder(args);", "DefaultBuilder" },
        { "var b = Host.CreateDefaultBuilder(args).ConfigureWebHostDefaults(w => { });", "DefaultBuilder" },
        { "var b = new ConfigurationBuilder().Build();", "Custom" },
        { "Console.WriteLine();", "None" },
        { "Make(args); static WebApplicationBuilder Make(string[] a) => WebApplication.CreateBuilder(a);", "WebApplication" },
        { "var c = new ConfigurationBuilder().AddJsonFile(\"a.json\").Build();", "Custom JsonFile a.json@1" },
        { "var c = new ConfigurationBuilder()\n.AddJsonFile(\"a.json\", optional: true)\n.AddXmlFile(\"b.xml\")\n.AddIniFile(\"c.ini\", true)\n.AddKeyPerFile(\"/run/secrets\", true)\n.AddEnvironmentVariables(\"APP_\")\n.AddCommandLine(args).Build();", "Custom JsonFile? a.json@1 XmlFile b.xml@1 IniFile? c.ini@1 KeyPerFile? /run/secrets@1 EnvironmentVariables APP_@1 CommandLine @1" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.AddJsonFile($\"my.{b.Environment.EnvironmentName}.json\", optional: true);", "WebApplication JsonFile? my.{Environment}.json@1" },
        { "var e = Environment.GetEnvironmentVariable(\"ASPNETCORE_ENVIRONMENT\") ?? \"Production\"; var c = new ConfigurationBuilder().AddJsonFile($\"my.{e}.json\").Build();", "Custom JsonFile my.{Environment}.json@1" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.AddEnvironmentVariables();", "WebApplication EnvironmentVariables @1" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.Sources.Clear(); b.Configuration.AddJsonFile(\"only.json\");", "WebApplication Clear @1 JsonFile only.json@1" },
        { "var b = WebApplication.CreateBuilder(args); if (b.Environment.IsDevelopment()) { b.Configuration.AddUserSecrets(\"id\"); }", "WebApplication UserSecrets id@1[Development]" },
        { "var b = WebApplication.CreateBuilder(args); if (!b.Environment.IsDevelopment()) { b.Configuration.AddKeyPerFile(\"/k\"); }", "WebApplication KeyPerFile /k@1[!Development]" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [\"A\"] = \"1\", [\"B:C\"] = null });", "WebApplication InMemory @1{A=1,B:C=}" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.AddInMemoryCollection([new(\"A\", \"1\")]);", "WebApplication InMemory @1{A=1}" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration[\"A\"] = \"1\";", "WebApplication InMemory @1{A=1}" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.AddCommandLine(args, new Dictionary<string, string> { { \"-s\", \"Server\" } });", "WebApplication CommandLine @1{-s=Server}" },
        { "var b = Host.CreateDefaultBuilder(args).ConfigureAppConfiguration((ctx, c) => { c.AddJsonFile(\"x.json\"); c.AddJsonFile($\"x.{ctx.HostingEnvironment.EnvironmentName}.json\", true); });", "DefaultBuilder JsonFile x.json@1 JsonFile? x.{Environment}.json@1" },
        { "var b = Host.CreateDefaultBuilder(args).ConfigureHostConfiguration(c => c.AddEnvironmentVariables(\"H_\"));", "DefaultBuilder EnvironmentVariables H_@1(first)" },
        { "var b = WebApplication.CreateBuilder(args); ((IConfigurationBuilder)b.Configuration).Add(new Mine());", "WebApplication External Mine@1" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource { Path = \"i.json\", Optional = true });", "WebApplication JsonFile? i.json@1(first)" },
        { "var c = new ConfigurationBuilder().AddJsonFile(\"boot.json\").Build(); var b = WebApplication.CreateBuilder(args);", "WebApplication" },
        { "var c = new ConfigurationBuilder().AddJsonFile(\"boot.json\").Build(); var b = WebApplication.CreateBuilder(args); b.Configuration.AddConfiguration(c);", "WebApplication JsonFile boot.json@1" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.AddJsonFile(args[0]);", "WebApplication JsonFile null@1 incomplete" },
        { "var b = WebApplication.CreateBuilder(args); b.Configuration.AddJsonFile(Path.GetRandomFileName());", "WebApplication JsonFile null@1 incomplete" },
        { "var b = WebApplication.CreateBuilder(args); b.WebHost.UseSetting(\"K\", \"V\"); b.WebHost.UseUrls(\"http://+:5000\");", "WebApplication InMemory @1{K=V} InMemory @1{urls=http://+:5000}" },
        { "var b = WebApplication.CreateBuilder(args); b.AddMore();", "WebApplication JsonFile more.json@101" },
    };

    [Theory]
    [MemberData(nameof(Chains))]
    public void Chains_are_followed(string body, string expected)
    {
        ExecutableConfiguration configuration = Linked.Program(Linked.WithUsings("using Microsoft.Extensions.Configuration.Json; public static class Program { public static void Main(string[] args) {\n#line 1\n" + body + "\n} }\n#line 101\npublic class Mine : IConfigurationSource { public IConfigurationProvider Build(IConfigurationBuilder b) => null!; } public static class More { public static void AddMore(this WebApplicationBuilder b) => b.Configuration.AddJsonFile(\"more.json\"); }"));
        HostConfiguration host = configuration.Host;
        string actual = string.Join(' ', host.Operations.Select(Text).Prepend(host.Kind.ToString())) + (host.Incomplete ? " incomplete" : "");
        Assert.Equal(expected, actual);
        Assert.Equal("App", host.ApplicationName);
    }

    [Fact]
    public void The_id_of_the_user_secrets_and_the_name_are_read()
    {
        ExecutableConfiguration configuration = Linked.Program(Linked.WithUsings("[assembly: Microsoft.Extensions.Configuration.UserSecrets.UserSecretsId(\"abc\")] public static class Program { public static void Main(string[] args) { var b = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = \"Shop\" }); } }"));

        Assert.Equal("abc", configuration.Host.UserSecretsId);
        Assert.Equal("Shop", configuration.Host.ApplicationName);
    }

    [Fact]
    public void The_host_reads_keys_of_its_own()
    {
        ExecutableConfiguration configuration = Linked.Body("");

        Assert.Contains("Kestrel Section Object Optional whole library:Microsoft.AspNetCore @-1".Replace("@-1", "@" + Host(configuration), StringComparison.Ordinal), configuration.Reads.Select(Linked.Text));
        Assert.Contains(configuration.Reads, static read => read is { Key: "AllowedHosts", Requirement: Requirement.Optional });
        Assert.Contains(configuration.Reads, static read => read is { Key: "ReadOnlyDataProtectionKeyDirectory", Requirement: Requirement.Optional });
    }

    [Fact]
    public void A_connection_that_a_call_of_a_library_names_has_an_alternative_of_its_own()
    {
        const string Library = """
            namespace Microsoft.Extensions.Hosting
            {
                public static class AspirePostgreSqlNpgsqlExtensions
                {
                    public static void AddNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName) { }
                }
            }
            """;
        ExecutableConfiguration configuration = Linked.Body("Db.Add(builder, \"orders\");\nDb.Add(builder, \"stock\");", "public static class Db { public static void Add(IHostApplicationBuilder builder, string name) => builder.AddNpgsqlDataSource(name); }", Library, isPackage: true);

        string[][] groups = [.. configuration.Reads.Where(static read => read.AnyOf.Length > 0).GroupBy(static read => read.AnyOf, static read => read.Key).Select(static keys => keys.Order(StringComparer.Ordinal).ToArray()).OrderBy(static keys => keys[^1], StringComparer.Ordinal)];
        Assert.Equal([["Aspire:Npgsql:ConnectionString", "ConnectionStrings:orders"], ["Aspire:Npgsql:ConnectionString", "ConnectionStrings:stock"]], groups);
    }

    [Theory]
    [InlineData("ServiceCollectionExtensions.AddFeatureManagement(services);", "FeatureManagement feature_management")]
    [InlineData("ServiceCollectionExtensions.AddFeatureManagement(services, config);", "FeatureManagement feature_management")]
    // Handed a section without one of the two names below it, the library takes the section itself.
    [InlineData("ServiceCollectionExtensions.AddFeatureManagement(services, config.GetSection(\"Flags\"));", "Flags Flags:FeatureManagement Flags:feature_management")]
    public void Feature_flags_are_read_by_their_library(string body, string expected)
    {
        const string Library = """
            namespace Microsoft.FeatureManagement
            {
                public static class ServiceCollectionExtensions
                {
                    public static void AddFeatureManagement(this IServiceCollection services) { }
                    public static void AddFeatureManagement(this IServiceCollection services, IConfiguration configuration) { }
                }
            }
            """;
        ExecutableConfiguration configuration = Linked.Program(Linked.WithUsings($"public static class Program {{ public static void Main(string[] args) {{ var builder = WebApplication.CreateBuilder(args); IConfiguration config = builder.Configuration; var services = builder.Services; Microsoft.FeatureManagement.{body} }} }}"), Library, isPackage: true);

        Assert.Equal(expected, string.Join(' ', configuration.Reads.Where(static read => read is { Origin: "library:Microsoft.FeatureManagement", WholeSection: true }).Select(static read => read.Key)));
        Assert.Empty(configuration.Unresolved);
    }

    private static int Host(ExecutableConfiguration configuration) => configuration.Reads.First(static read => read.Key == "Kestrel").Location!.Line;

    private static string Text(ProviderOperation operation) => string.Concat(
        operation.Kind.ToString(),
        operation.Optional ? "?" : "",
        " ",
        operation.TypeName.Length > 0 ? operation.TypeName : operation.Argument ?? "null",
        "@",
        operation.Location?.Line.ToString(System.Globalization.CultureInfo.InvariantCulture),
        operation.OnlyIn.Length > 0 ? $"[{string.Join('|', operation.OnlyIn)}]" : "",
        operation.NotIn.Length > 0 ? $"[!{string.Join('|', operation.NotIn)}]" : "",
        operation.First ? "(first)" : "",
        operation.Entries.Length > 0 ? $"{{{string.Join(',', operation.Entries.Select(static entry => $"{entry.Key}={entry.Value}"))}}}" : "");

    [Theory]
    // In a lambda, in the statements' own state machine, and without one.
    [InlineData("IHost host = Host.CreateDefaultBuilder(args).ConfigureServices((context, services) => Queue.Use(context.Configuration)).Build(); await host.RunAsync();")]
    [InlineData("var builder = WebApplication.CreateBuilder(args); await Task.Yield(); Queue.Use(builder.Configuration); await builder.Build().RunAsync();")]
    [InlineData("var builder = WebApplication.CreateBuilder(args); Queue.Use(builder.Configuration); builder.Build().Run();")]
    public void What_top_level_statements_hand_to_a_package_is_read_by_the_program(string statements)
    {
        ExecutableConfiguration configuration = Linked.Program(Linked.WithUsings(statements), "public static class Queue { public static void Use(IConfiguration configuration) { } }", isPackage: true);
        Assert.Equal(["Program.Main"], configuration.Unresolved.Select(static read => read.Member).Distinct());
    }
}
