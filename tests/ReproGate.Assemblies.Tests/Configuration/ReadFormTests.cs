using Microsoft.CodeAnalysis;
using ReproGate.Facts.Configuration;

namespace ReproGate.Assemblies.Tests.Configuration;

/// <summary>The forms in which code reads keys: each case with exactly what must be found, in debug and in release code.</summary>
public sealed class ReadFormTests
{
    public static TheoryData<string, string, string> Values => new()
    {
        // Indexers and values.
        { """Use(config["A"]);""", "", "A Value String Required @1" },
        { """Use(config["A:B"]);""", "", "A:B Value String Required @1" },
        { """Use(builder.Configuration["A"]);""", "", "A Value String Required @1" },
        { """var x = config["A"]; Use(x);""", "", "A Value String Required @1" },
        { """Use(config.GetSection("S")["A"]);""", "", "S:A Value String Required @1" },
        { """var s = config.GetSection("S"); Use(s["A"]); Use(s["B"]);""", "", "S:A Value String Required @1;S:B Value String Required @1" },
        { """Use(config.GetSection("S").GetSection("T")["A"]);""", "", "S:T:A Value String Required @1" },
        { """Use(config.GetSection("S:T")["A"]);""", "", "S:T:A Value String Required @1" },
        { """Use(config.GetSection("S").Value);""", "", "S Value String Required @1" },
        { """Use(config.GetRequiredSection("S")["A"]);""", "", "S Section Object Required @1;S:A Value String Required @1" },
        { """Use(config.GetConnectionString("Main"));""", "", "ConnectionStrings:Main ConnectionString ConnectionString Required @1" },
        { """Use(config.GetSection("S").GetConnectionString("Main"));""", "", "S:ConnectionStrings:Main ConnectionString ConnectionString Required @1" },
        { """Use(config.GetValue<int>("N"));""", "", "N Value Int Required @1" },
        { """Use(config.GetValue<int>("ListenPort"));""", "", "ListenPort Value Port Required @1" },
        { """Use(config.GetValue<int?>("N"));""", "", "N Value Int Optional @1" },
        { """Use(config.GetValue("N", 5));""", "", "N Value Int Defaulted=5 @1" },
        { """Use(config.GetValue<int>("N", 5));""", "", "N Value Int Defaulted=5 @1" },
        { """Use(config.GetValue<bool>("F"));""", "", "F Value Bool Defaulted=false @1" },
        { """Use(config.GetValue("F", true));""", "", "F Value Bool Defaulted=true @1" },
        { """Use(config.GetValue<string>("A", "x"));""", "", "A Value String Defaulted=x @1" },
        { """Use(config.GetValue<TimeSpan>("T"));""", "", "T Value Duration Required @1" },
        { """Use(config.GetValue<Uri>("U"));""", "", "U Value Url Required @1" },
        { """Use(config.GetValue<double>("D"));""", "", "D Value Number Required @1" },
        { """Use(config.GetValue(typeof(int), "N"));""", "", "N Value Int Required @1" },
        { """Use(config.GetValue<Colour>("C"));""", "public enum Colour { Red, Green }", "C Value Enum(Red|Green) Required @1" },
        { """Use(config.GetValue("C", Colour.Green));""", "public enum Colour { Red, Green }", "C Value Enum(Red|Green) Defaulted=Green @1" },
        { """Use(config.GetSection("N").Get<int>());""", "", "N Value Int Required @1" },
        { """Use(config.GetSection("L").Get<string[]>());""", "", "L Options Array Optional whole @1" },
        { """Use(config.GetSection("L").Get<List<string>>() ?? throw new Exception());""", "", "L Options Array Required whole @1" },
        { """Use(config.GetSection("M").Get<Dictionary<string, int>>());""", "", "M Options Object Optional whole @1" },
        { """foreach (var c in config.GetSection("S").GetChildren()) { Use(c["Url"]); }""", "", "S Section Object Optional whole @1;S:*:Url Value String Required @1" },
        { """foreach (var c in config.GetSection("S").GetChildren()) { Use(c.Value); }""", "", "S Section Object Optional whole @1;S:* Value String Required @1" },
        { """Use(config.GetSection("S").GetChildren().Select(c => c["Url"]).ToArray());""", "", "S Section Object Optional whole @1;S:*:Url Value String Required @1" },
        { """foreach (var c in config.GetSection("S").GetChildren()) { Use(config["T:" + c.Key]); }""", "", "S Section Object Optional whole @1;T:* Value String Required @1" },
        { """Use(config.GetSection("S").Exists());""", "", "S Exists Object Optional @1" },
        { """Use(config.AsEnumerable());""", "", "(root) Section Object Optional whole @1" },
        { """Use(config.GetSection("S").AsEnumerable());""", "", "S Section Object Optional whole @1" },
        { """Use(((IConfigurationRoot)config)["A"]);""", "", "A Value String Required @1" },
        { """Use(builder.Services.BuildServiceProvider().GetRequiredService<IConfiguration>()["A"]);""", "", "A Value String Required @1" },
        { """Use(builder.Build().Configuration["A"]);""", "", "A Value String Required @1" },
        { """Use(new ConfigurationBuilder().AddEnvironmentVariables().Build()["A"]);""", "", "A Value String Required @1" },

        // Names of keys.
        { """const string k = "A"; Use(config[k]);""", "", "A Value String Required @1" },
        { """Use(config[Keys.Main]);""", """public static class Keys { public const string Main = "A:B"; }""", "A:B Value String Required @1" },
        { """Use(config[Keys.Main]);""", """public static class Keys { public static readonly string Main = "A:B"; }""", "A:B Value String Required @1" },
        { """Use(config[Keys.Main]);""", """public static class Keys { public static string Main => "A:B"; }""", "A:B Value String Required @1" },
        { """Use(config[Keys.Main]);""", """public static class Keys { public static string Main { get; } = Prefix + ":B"; const string Prefix = "A"; }""", "A:B Value String Required @1" },
        { """Use(config[nameof(Options) + ":Url"]);""", "public class Options { }", "Options:Url Value String Required @1" },
        { """var p = "A"; Use(config[p + ":" + "B"]);""", "", "A:B Value String Required @1" },
        { """var p = "A"; Use(config[$"{p}:B"]);""", "", "A:B Value String Required @1" },
        { """var p = "A"; Use(config[$"{p}:{nameof(Use)}:C"]);""", "", "A:Use:C Value String Required @1" },
        { """Use(config[string.Format("{0}:{1}", "A", "B")]);""", "", "A:B Value String Required @1" },
        { """Use(config[string.Join(":", "A", "B", "C")]);""", "", "A:B:C Value String Required @1" },
        { """Use(config[string.Join(':', new[] { "A", "B" })]);""", "", "A:B Value String Required @1" },
        { """Use(config[ConfigurationPath.Combine("A", "B")]);""", "", "A:B Value String Required @1" },
        { """Use(config[string.Concat("A", ":", "B", ":", "C")]);""", "", "A:B:C Value String Required @1" },
        { """var a = "A"; var b = "B"; Use(config[a + ":" + b + ":" + a + ":" + b + ":x"]);""", "", "A:B:A:B:x Value String Required @1" },
        { """foreach (var k in new[] { "A", "B" }) { Use(config[k]); }""", "", "A Value String Required @1;B Value String Required @1" },
        { """foreach (var k in new[] { "A", "B" }) { Use(config[$"S:{k}:Url"]); }""", "", "S:A:Url Value String Required @1;S:B:Url Value String Required @1" },
        { """var k = args.Length > 0 ? "A" : "B"; Use(config[k]);""", "", "A Value String Required @1;B Value String Required @1" },
        { """string k; switch (args.Length) { case 0: k = "A"; break; case 1: k = "B"; break; default: k = "C"; break; } Use(config[k]);""", "", "A Value String Required @1;B Value String Required @1;C Value String Required @1" },
        { """Use(config["a".ToUpperInvariant() + ":B"]);""", "", "a:B Value String Required @1" },
        { "Use(\n    config[\"A\"],\n    config[\"B\"]);", "", "A Value String Required @1;B Value String Required @1" },
        { "Use(config[\"A\"]);\n\nUse(config[\"B\"]);", "", "A Value String Required @1;B Value String Required @3" },

        // Environment variables.
        { """Use(Environment.GetEnvironmentVariable("HOME_URL"));""", "", "HOME_URL Env String Required @1" },
        { """Use(Environment.GetEnvironmentVariable("X", EnvironmentVariableTarget.Process));""", "", "X Env String Required @1" },
        { """Use(Environment.GetEnvironmentVariable("X") ?? "d");""", "", "X Env String Defaulted=d @1" },
        { """Use(Environment.ExpandEnvironmentVariables("%TOOLS%/x/%Other%"));""", "", "Other Env String Optional @1;TOOLS Env String Optional @1" },
        { """Use(Environment.GetEnvironmentVariables()["X"]);""", "", " Env Object Optional whole @1;X Env String Required @1" },
        { """var p = "APP_"; Use(Environment.GetEnvironmentVariable($"{p}URL"));""", "", "APP_URL Env String Required @1" },
    };

    public static TheoryData<string, string, string> Requirements => new()
    {
        { """Use(config["A"] ?? "x");""", "", "A Value String Defaulted=x @1" },
        { """Use(config["A"] ?? throw new InvalidOperationException());""", "", "A Value String Required @1" },
        { """var x = config["A"]; if (x == null) throw new Exception("A"); Use(x);""", "", "A Value String Required @1" },
        { """var x = config["A"]; if (string.IsNullOrEmpty(x)) throw new Exception("A"); Use(x);""", "", "A Value String Required @1" },
        { """var x = config["A"]; if (string.IsNullOrWhiteSpace(x)) { x = "d"; } Use(x);""", "", "A Value String Defaulted=d @1" },
        { """var x = config["A"]; Use(string.IsNullOrEmpty(x) ? "d" : x);""", "", "A Value String Defaulted=d @1" },
        { """var x = config["A"]; if (x != null) { Use(x); }""", "", "A Value String Optional @1" },
        { """var x = config["A"]; if (x is null) { return; } Use(x);""", "", "A Value String Optional @1" },
        { """if (config["A"] == "yes") { Use(); }""", "", "A Value String Optional @1" },
        { """Use(config["A"] == "yes");""", "", "A Value String Optional @1" },
        { """Use(config["A"]?.Split(','));""", "", "A Value String Optional @1" },
        { """if (config["A"] is { Length: > 0 } x) { Use(x); }""", "", "A Value String Optional @1" },
        { """ArgumentNullException.ThrowIfNull(config["A"]);""", "", "A Value String Required @1" },
        { """var x = config["A"]; ArgumentException.ThrowIfNullOrEmpty(x); Use(x);""", "", "A Value String Required @1" },
        { """Use(int.Parse(config["N"]!));""", "", "N Value Int Required @1" },
        { """if (int.TryParse(config["N"], out var n)) { Use(n); }""", "", "N Value Int Optional @1" },
        { """Use(bool.TryParse(config["F"], out var f) && f);""", "", "F Value Bool Optional @1" },
        { """Use(Convert.ToBoolean(config["F"]));""", "", "F Value Bool Optional @1" },
        { """Use(TimeSpan.Parse(config["T"]!));""", "", "T Value Duration Required @1" },
        { """Use(new Uri(config["U"]!));""", "", "U Value Url Required @1" },
        { """Use(new Uri(config["U"] ?? "http://x"));""", "", "U Value Url Defaulted=http://x @1" },
        { """Use(Enum.Parse<Colour>(config["C"]!));""", "public enum Colour { Red, Green }", "C Value Enum(Red|Green) Required @1" },
        { """Use(Path.Combine(config["P"]!, "x"));""", "", "P Value Path Required @1" },
        { """Use(config["A"] ?? config["B"] ?? "x");""", "", "A Value String Defaulted=x any @1;B Value String Defaulted=x any @1" },
        { """Use(config["A"] ?? config["B"] ?? throw new Exception());""", "", "A Value String Required any @1;B Value String Required any @1" },
        { """Use(config["A"] ?? Environment.GetEnvironmentVariable("B"));""", "", "A Value String Required any @1;B Env String Required any @1" },
        { """var x = config["A"]; if (string.IsNullOrEmpty(x)) { x = config["B"]; } if (string.IsNullOrEmpty(x)) { throw new Exception(); } Use(x);""", "", "A Value String Required any @1;B Value String Required any @1" },
        { """if (config.GetSection("S").Exists()) { Use(config["S:A"]); }""", "", "S Exists Object Optional @1;S:A Value String Optional @1" },
        { """if (config.GetValue<bool>("UseX")) { Use(config["X:Url"]); }""", "", "UseX Value Bool Defaulted=false @1;X:Url Value String Optional @1" },
        { """if (config["Mode"] == "a") { Helper.Add(config); }""", """public static class Helper { public static void Add(IConfiguration c) { Program.Use(c["X"]); } }""", "Mode Value String Optional @1;X Value String Optional @101" },
        { """if (env.IsDevelopment()) { Use(config["A"]); }""", "", "A Value String Required in:Development @1" },
        { """if (!env.IsDevelopment()) { Use(config["A"]); }""", "", "A Value String Required not:Development @1" },
        { """if (env.IsEnvironment("QA")) { Use(config["A"]); } else { Use(config["B"]); }""", "", "A Value String Required in:QA @1;B Value String Required not:QA @1" },
        { """if (env.EnvironmentName == "QA") { Use(config["A"]); }""", "", "A Value String Required in:QA @1" },
        { """if (env.IsProduction()) { Helper.Add(config); }""", """public static class Helper { public static void Add(IConfiguration c) { Program.Use(c["X"]); } }""", "X Value String Required in:Production @101" },
        { """Use(config.GetConnectionString("Main") ?? throw new Exception("no"));""", "", "ConnectionStrings:Main ConnectionString ConnectionString Required @1" },
        { """Use(config.GetConnectionString("Main") ?? "Data Source=x");""", "", "ConnectionStrings:Main ConnectionString ConnectionString Defaulted=Data Source=x @1" },
        { """var a = config["A"]; if (a == null) throw new Exception(); Use(config["B"]);""", "", "A Value String Required @1;B Value String Required @1" },
        { """Use(config.GetValue<string>("A") ?? "x");""", "", "A Value String Defaulted=x @1" },
        { """Use(config.GetValue<int?>("N") ?? 7);""", "", "N Value Int Optional @1" },
        { """_ = config["A"];""", "", "A Value String Optional @1" },
        { """var x = Helper.Opt(config); Use(x ?? "d");""", """public static class Helper { public static string? Opt(IConfiguration c) => c["X"]; }""", "X Value String Defaulted=d @101" },
        { """Use(Helper.Must(config, "A"));""", """public static class Helper { public static string Must(IConfiguration c, string k) => c[k] ?? throw new Exception(k); }""", "A Value String Required @1" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_are_found(string body, string types, string expected) => Check(body, types, null, expected);

    [Theory]
    [MemberData(nameof(Requirements))]
    public void What_happens_without_a_value_is_known(string body, string types, string expected) => Check(body, types, null, expected);

    internal static void Check(string body, string types, string? library, string expected)
    {
        foreach (OptimizationLevel optimization in (OptimizationLevel[])[OptimizationLevel.Debug, OptimizationLevel.Release])
        {
            ExecutableConfiguration configuration = Linked.Body(body, types, library, optimization);
            string actual = string.Join(';', Linked.Reads(configuration).Concat(configuration.Unresolved.Select(static read => $"? {read.Pattern ?? "-"} {read.Reason} @{read.Location?.Line}")).Order(StringComparer.Ordinal));
            Assert.Equal(string.Join('\n', expected.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(static part => part.StartsWith(" Env", StringComparison.Ordinal) ? "(root)" + part : part).Order(StringComparer.Ordinal)), string.Join('\n', actual.Split(';', StringSplitOptions.RemoveEmptyEntries)));
            Assert.Empty(configuration.Unread);
        }
    }
}
