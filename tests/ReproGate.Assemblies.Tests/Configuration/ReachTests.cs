namespace ReproGate.Assemblies.Tests.Configuration;

/// <summary>Keys that travel: through helpers, other assemblies, fields, closures, state machines, delegates; and what must not be found.</summary>
public sealed class ReachTests
{
    public static TheoryData<string, string, string?, string> Travels => new()
    {
        // Helpers: the place is where the key is written.
        { """Use(Cfg.Get(config, "A"));""", "public static class Cfg { public static string? Get(IConfiguration c, string k) => c[k]; }", null, "A Value String Optional @1" },
        { "Use(Cfg.Get(config, \"A\"));\nUse(Cfg.Get(config, \"B\"));", "public static class Cfg { public static string Get(IConfiguration c, string k) => c[k] ?? throw new Exception(k); }", null, "A Value String Required @1;B Value String Required @2" },
        { """Use(Cfg.Get(config, "A"));""", "public static class Cfg { public static string? Get(IConfiguration c, string k) => Get2(c, \"S:\" + k);\n static string? Get2(IConfiguration c, string k) => c[k]; }", null, "S:A Value String Optional @1" },
        { """Use(Cfg.Get(config.GetSection("X"), "A")); Use(Cfg.Get(config.GetSection("Y"), "B"));""", "public static class Cfg { public static string? Get(IConfiguration c, string k) => c[k]; }", null, "X:A Value String Optional @1;Y:B Value String Optional @1" },
        { """Use(config.Need("A"));""", "public static class Cfg { public static string Need(this IConfiguration c, string k) { var v = c[k]; if (string.IsNullOrEmpty(v)) throw new Exception(k); return v; } }", null, "A Value String Required @1" },
        { """Use(config.Flag("A", true));""", "public static class Cfg { public static bool Flag(this IConfiguration c, string k, bool d) => c.GetValue(k, d); }", null, "A Value Bool Defaulted=true @1" },
        { """Use(Env.Need("A_B"));""", "public static class Env { public static string Need(string n) => Environment.GetEnvironmentVariable(n) ?? throw new Exception(n); }", null, "A_B Env String Required @1" },
        { """Use(Env.Either(config, "A", "A_VAR"));""", "public static class Env { public static string Either(IConfiguration c, string k, string n) => c[k] ?? Environment.GetEnvironmentVariable(n) ?? throw new Exception(n); }", null, "A Value String Required any @1;A_VAR Env String Required any @1" },
        { """Use(Cfg.Section(config)["A"]);""", "public static class Cfg { public static IConfigurationSection Section(IConfiguration c) => c.GetSection(\"S\"); }", null, "S:A Value String Required @1" },
        { """Use(Cfg.Root["A"]);""", "public static class Cfg { public static IConfiguration Root { get; } = new ConfigurationBuilder().Build(); }", null, "A Value String Required @1" },
        { """Use(Cfg.Conn(config, "Main"));""", "public static class Cfg { public static string? Conn(IConfiguration c, string n) => c.GetConnectionString(n); }", null, "ConnectionStrings:Main ConnectionString ConnectionString Optional @1" },
        { """Use(Lib.Reader.Read(config, "A"));""", "", "namespace Lib { public static class Reader { public static string? Read(IConfiguration c, string k) => c[\"Lib:\" + k]; } }", "Lib:A Value String Optional @1" },
        { """Use(Lib.Reader.Read(config));""", "", "namespace Lib { public static class Reader {\n public static string? Read(IConfiguration c) => c[\"Lib:A\"]; } }", "Lib:A Value String Optional @Lib2" },
        { """Use(new Lib.Client(config.GetSection("Client")).Url());""", "", "namespace Lib { public class Client {\n readonly IConfigurationSection _s; public Client(IConfigurationSection s) { _s = s; }\n public string? Url() => _s[\"Url\"]; } }", "Client:Url Value String Optional @Lib3" },
        { """Use(config[Lib.Names.A]);""", "", "namespace Lib { public static class Names { public static readonly string A = \"Lib:A\"; } }", "Lib:A Value String Required @1" },
        { """Use(config[Lib.Names.A]);""", "", "namespace Lib { public static class Names { public const string A = \"Lib:A\"; } }", "Lib:A Value String Required @1" },

        // Fields, properties, constructors.
        { """services.AddSingleton<Svc>();""", "public class Svc { readonly IConfiguration _c; public Svc(IConfiguration c) { _c = c; }\n public string? Url() => _c[\"Svc:Url\"]; }", null, "Svc:Url Value String Optional @102" },
        { """services.AddSingleton<Svc>();""", "public class Svc(IConfiguration c) {\n public string? Url() => c[\"Svc:Url\"]; }", null, "Svc:Url Value String Optional @102" },
        { """services.AddSingleton<Svc>();""", "public class Svc { readonly IConfigurationSection _s; public Svc(IConfiguration c) { _s = c.GetSection(\"Svc\"); }\n public string? Url() => _s[\"Url\"]; }", null, "Svc:Url Value String Optional @102" },
        { """services.AddSingleton<Svc>();""", "public class Svc { readonly string _url; public Svc(IConfiguration c) { _url = c[\"U\"] ?? \"d\"; } public string Url() => _url; }", null, "U Value String Defaulted=d @101" },
        { """services.AddSingleton<Svc>();""", "public class Svc { const string Prefix = \"Svc\"; readonly IConfiguration _c; public Svc(IConfiguration c) => _c = c; string? Get(string k) => _c[$\"{Prefix}:{k}\"];\n public string? Url() => Get(\"Url\"); }", null, "Svc:Url Value String Optional @102" },
        { """services.AddSingleton<Svc>();""", "public class Base { protected readonly IConfiguration C; protected Base(IConfiguration c, string s) { C = c.GetSection(s); }\n protected string? Get(string k) => C[k]; }\npublic class Svc : Base { public Svc(IConfiguration c) : base(c, \"Svc\") { }\n public string? Url() => Get(\"Url\"); }", null, "Svc:Url Value String Optional @104" },
        { """services.AddSingleton<ISvc, Svc>();""", "public interface ISvc { string? Url(); } public class Svc(IConfiguration c) : ISvc {\n public string? Url() => c[\"Svc:Url\"]; }", null, "Svc:Url Value String Optional @102" },
        { """services.AddSingleton(sp => new Svc(sp.GetRequiredService<IConfiguration>()));""", "public class Svc { readonly IConfiguration _c; public Svc(IConfiguration c) { _c = c; Program.Use(c[\"A\"]); } }", null, "A Value String Required @101" },
        { """Use(new Holder { Key = "A" }.Read(config));""", "public class Holder { public string Key { get; set; } = \"B\"; public string? Read(IConfiguration c) =>\n c[Key]; }", null, "A Value String Optional @102;B Value String Optional @102" },

        // Closures, lambdas, local functions.
        { """services.AddSingleton(sp => new Uri(config["U"]!));""", "", null, "U Value Url Required @1" },
        { """services.AddSingleton(sp => new Uri(sp.GetRequiredService<IConfiguration>()["U"]!));""", "", null, "U Value Url Required @1" },
        { """var s = config.GetSection("S"); services.AddSingleton(sp => new Uri(s["U"]!));""", "", null, "S:U Value Url Required @1" },
        { """Func<string, string?> get = k => config[k]; Use(get("A"));""", "", null, "A Value String Optional @1" },
        { """string? Get(string k) => config[k]; Use(Get("A"));""", "", null, "A Value String Optional @1" },
        { """static string? Get(IConfiguration c, string k) => c[k]; Use(Get(config, "A"));""", "", null, "A Value String Optional @1" },
        { """var p = "P"; string? Get(string k) { Func<string?> f = () => config[p + ":" + k]; return f(); } Use(Get("A"));""", "", null, "P:A Value String Optional @1" },
        { """services.Configure<Opt>(o => o.Url = config["Opt:Url"]);""", "public class Opt { public string? Url { get; set; } }", null, "Opt:Url Value String Required @1" },
        { """foreach (var k in new[] { "A" }) { services.AddSingleton(sp => new Uri(config[k]!)); }""", "", null, "A Value Url Required @1" },
        { """var app = builder.Build(); app.MapGet("/", (IConfiguration c) => c["A"]);""", "", null, "A Value String Required @1" },
        { """var app = builder.Build(); app.MapGet("/", async (IConfiguration c) => { await Task.Yield(); return c["A"]; });""", "", null, "A Value String Required @1" },
        { """Cfg.With(config, s => Program.Use(s["A"]));""", "public static class Cfg { public static void With(IConfiguration c, Action<IConfigurationSection> a) => a(c.GetSection(\"S\")); }", null, "S:A Value String Required @1" },
        { """new[] { "A", "B" }.ToList().ForEach(k => Program.Use(config[k]));""", "", null, "A Value String Required @1;B Value String Required @1" },

        // Asynchronous methods and iterators.
        { """Cfg.Run(config).Wait();""", "public static class Cfg { public static async Task Run(IConfiguration c) { await Task.Yield();\n Program.Use(c[\"A\"]); } }", null, "A Value String Required @102" },
        { """Use(Cfg.Get(config, "A").Result);""", "public static class Cfg { public static async Task<string?> Get(IConfiguration c, string k) { await Task.Yield(); return c[k]; } }", null, "A Value String Required @1" },
        { """Use(Cfg.Get(config.GetSection("X"), "A").Result, Cfg.Get(config.GetSection("Y"), "B").Result);""", "public static class Cfg { public static async Task<string?> Get(IConfiguration c, string k) { await Task.Yield(); return c[k]; } }", null, "X:A Value String Required @1;Y:B Value String Required @1" },
        { """Cfg.Run(config).Wait();""", "public static class Cfg { public static async Task Run(IConfiguration c) { var s = c.GetSection(\"S\"); await Task.Yield();\n Program.Use(s[\"A\"]); } }", null, "S:A Value String Required @102" },
        { """Cfg.Run(config).Wait();""", "public static class Cfg { public static async Task Run(IConfiguration c) { var k = await Key();\n Program.Use(c[k]); } static async Task<string> Key() { await Task.Yield(); return \"A\"; } }", null, "A Value String Required @102" },
        { """foreach (var k in Cfg.Keys()) { Use(config[k]); }""", "public static class Cfg { public static IEnumerable<string> Keys() { yield return \"A\"; yield return \"B\"; } }", null, "A Value String Required @1;B Value String Required @1" },
        { """Cfg.Run(config).Wait();""", "public static class Cfg { public static async Task Run(IConfiguration c) { var x = c[\"A\"]; await Task.Yield(); if (x == null) throw new Exception(); Program.Use(x); } }", null, "A Value String Required @101" },
        { """Cfg.Run(config).Wait();""", "public static class Cfg { public static async Task Run(IConfiguration c) { try { await Task.Yield(); Program.Use(c[\"A\"]); } catch (Exception e) { Program.Use(e, c[\"B\"]); } finally { Program.Use(c[\"C\"]); } } }", null, "A Value String Required @101;B Value String Required @101;C Value String Required @101" },

        // What a framework runs.
        { "", "public class Home : ControllerBase { readonly IConfiguration _c; public Home(IConfiguration c) => _c = c;\n public string? Get() => _c[\"A\"]; }", null, "A Value String Optional @102" },
        { """services.AddHostedService<Job>();""", "public class Job(IConfiguration c) : BackgroundService { protected override Task ExecuteAsync(CancellationToken t) {\n Program.Use(c[\"A\"]); return Task.CompletedTask; } }", null, "A Value String Required @102" },
        { """var app = builder.Build(); app.UseMiddleware<M>();""", "public class M { public M(RequestDelegate n) { } public Task InvokeAsync(HttpContext h, IConfiguration c) {\n Program.Use(c[\"A\"]); return Task.CompletedTask; } }", null, "A Value String Required @102" },
        { """builder.Host.ConfigureServices((ctx, s) => Program.Use(ctx.Configuration["A"]));""", "", null, "A Value String Required @1" },
        { """Use(Activator.CreateInstance<X>());""", "public class X { public X() { Program.Use(Environment.GetEnvironmentVariable(\"V\")); } }", null, "V Env String Required @101" },
        { """Use(Activator.CreateInstance(typeof(X)));""", "public class X { public X() { Program.Use(Environment.GetEnvironmentVariable(\"V\")); } }", null, "V Env String Required @101" },
        { """Console.WriteLine(S.V);""", "public static class S { public static readonly string? V = Environment.GetEnvironmentVariable(\"V\"); }", null, "V Env String Required @101" },
        { """Run(new B()); static void Run(A a) => a.Go();""", "public abstract class A { public abstract void Go(); } public class B : A { public override void Go() => Program.Use(Environment.GetEnvironmentVariable(\"V\")); }", null, "V Env String Required @101" },
        { """Run(new B()); static void Run(I a) => a.Go();""", "public interface I { void Go(); } public class B : I { void I.Go() => Program.Use(Environment.GetEnvironmentVariable(\"V\")); }", null, "V Env String Required @101" },
        { """foreach (var (n, k) in new[] { ("x", "A"), ("y", "B") }) { Use(n, k); }""", "", null, "" },

        // Near misses.
        { """Use(new Dictionary<string, string>()["A"]);""", "", null, "" },
        { """Use(new Mine()["A"], new Mine().GetSection("B"), new Mine().GetValue<int>("C"));""", "public class Mine { public string this[string k] => k; public Mine GetSection(string k) => this; public T? GetValue<T>(string k) => default; }", null, "" },
        { """Use(args.Length);""", "public static class Dead { public static string? Never(IConfiguration c) => c[\"A\"]; }", null, "" },
        { """Use(args.Length);""", "public class Dead { readonly IConfiguration _c; public Dead(IConfiguration c) => _c = c; public string? Never() => _c[\"A\"]; }", null, "" },
        { """services.AddSingleton<Svc>();""", "public class Svc(IConfiguration c) { public string Live() => c.ToString()!; private string? Never() => c[\"A\"]; }", null, "" },
        { """config["A"] = "x";""", "", null, "" },
        { """Use(config.GetSection("A"));""", "", null, "" },
        { """builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["A"] = "1" });""", "", null, "" },
        { """Use(Environ.GetEnvironmentVariable("A"));""", "public static class Environ { public static string? GetEnvironmentVariable(string n) => n; }", null, "" },
        { """services.AddSingleton(config);""", "", null, "" },
        { """Environment.SetEnvironmentVariable("A", "x");""", "", null, "" },

        // What cannot be known is said.
        { """Use(config[Console.ReadLine()!]);""", "", null, "? - comes from Console.ReadLine @1" },
        { """Use(config["Tenants:" + Console.ReadLine() + ":Url"]);""", "", null, "? Tenants:*:Url comes from Console.ReadLine @1" },
        { """Use(config[$"Tenants:{Guid.NewGuid()}:Url"]);""", "", null, "? Tenants:*:Url comes from Guid.NewGuid @1" },
        { """Use(config["A:" + config["B"]]);""", "", null, "B Value String Required @1;? A:* is itself read from the configuration @1" },
        { "", "public class Home(IConfiguration c) : ControllerBase { public string? Get(string id) => c[\"T:\" + id]; }", null, "? T:* is a parameter of Home.Get @101" },
        { """Use(Environment.GetEnvironmentVariable("P_" + args[0]));""", "", null, "? P_* is a parameter of Program.Main @1" },
        { """Use(config[args[0]], config["B"]);""", "", null, "B Value String Required @1;? - is a parameter of Program.Main @1" },
        { """Use(config.GetSection(args[0])["B"]);""", "", null, "? *:B is a parameter of Program.Main @1" },
        { """Use(config[$"A:{env.EnvironmentName}"]);""", "", null, "? A:* holds the name of the environment @1" },
        { """for (var i = 0; i < 3; i++) { Use(config[$"L:{i}"]); }""", "", null, "? L:* is computed @1" },

        // What a loop sets goes on through blocks that have no hand in it.
        { """var key = "A"; for (var i = 0; i < args.Length; i++) { if (i > 2) { Use("x"); } key = "B"; } if (args.Length > 3) { Use("y"); } Use(config[key]);""", "", null, "A Value String Required @1;B Value String Required @1" },
        { """var key = "A"; foreach (var a in args) { try { Use(a); } catch (FormatException) { Use("x"); } key = "B"; } try { Use("y"); } finally { Use(config[key]); }""", "", null, "A Value String Required @1;B Value String Required @1" },
    };

    [Theory]
    [MemberData(nameof(Travels))]
    public void Keys_are_followed(string body, string types, string? library, string expected) => ReadFormTests.Check(body, types, library, expected);
}
