namespace ReproGate.Assemblies.Tests.Configuration;

/// <summary>Options types: which keys binding asks for, of which type, and whether they must be there.</summary>
public sealed class OptionsTests
{
    private const string Opt = "public class Opt { public string Url { get; set; } = null!; public int N { get; set; } }";
    private const string Found = "S:N Options Int Defaulted=0 @1;S:Url Options String Required @1";

    public static TheoryData<string, string, string> Binders => new()
    {
        { """services.Configure<Opt>(config.GetSection("S"));""", Opt, Found },
        { """services.Configure<Opt>("name", config.GetSection("S"));""", Opt, Found },
        { """services.AddOptions<Opt>().Bind(config.GetSection("S"));""", Opt, Found },
        { """services.AddOptions<Opt>().BindConfiguration("S");""", Opt, Found },
        { """services.AddOptions<Opt>("n").BindConfiguration("S").ValidateOnStart();""", Opt, Found },
        { """services.AddOptionsWithValidateOnStart<Opt>().BindConfiguration("S");""", Opt, Found },
        { """Use(config.GetSection("S").Get<Opt>()!);""", Opt, Found },
        { """Use(config.GetSection("S").Get(typeof(Opt))!);""", Opt, Found },
        { """var o = new Opt(); config.GetSection("S").Bind(o); Use(o);""", Opt, Found },
        { """var o = new Opt(); config.Bind("S", o); Use(o);""", Opt, Found },
        { """Use(config.GetRequiredSection("S").Get<Opt>()!);""", Opt, Found + ";S Section Object Required @1" },
        { """Cfg.Add<Opt>(services, config, "S");""", Opt + " public static class Cfg { public static void Add<T>(IServiceCollection s, IConfiguration c, string n) where T : class => s.Configure<T>(c.GetSection(n)); }", Found },
        { """Use(Cfg.Get<Opt>(config, "S"));""", Opt + " public static class Cfg { public static T Get<T>(IConfiguration c, string n) where T : new() { var t = new T(); c.GetSection(n).Bind(t); return t; } }", Found },
        { """Use(Cfg.Get<Opt>(config));""", Opt + " public static class Cfg { public static T Get<T>(IConfiguration c) => c.GetSection(\"S\").Get<T>() ?? throw new Exception(); }", "S:N Options Int Defaulted=0 @1;S:Url Options String Required @1" },
        { """services.Configure<Opt>(config);""", Opt, "N Options Int Defaulted=0 @1;Url Options String Required @1" },
        { """Use(config.GetSection("S").Get<Opt>() ?? new Opt());""", Opt, "S:N Options Int Defaulted=0 @1;S:Url Options String Optional @1" },
        { """if (config.GetSection("S").Exists()) { services.Configure<Opt>(config.GetSection("S")); }""", Opt, "S Exists Object Optional @1;S:N Options Int Defaulted=0 @1;S:Url Options String Optional @1" },
        { """services.Configure<Opt>(config.GetSection(Opt.Name));""", "public class Opt { public const string Name = \"S\"; public string? A { get; set; } }", "S:A Options String Optional @1" },
        { """services.Configure<Opt>(config.GetSection(nameof(Opt)));""", "public class Opt { public string? A { get; set; } }", "Opt:A Options String Optional @1" },
        { """services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(config.GetSection("K"));""", "", "K Options Object Optional whole @1" },
    };

    public static TheoryData<string, string> Shapes => new()
    {
        { "public class Opt { public string A { get; set; } = \"x\"; }", "S:A Options String Defaulted=x @1" },
        { "public class Opt { public string A { get; set; } = \"\"; }", "S:A Options String Defaulted= @1" },
        { "public class Opt { public string? A { get; set; } }", "S:A Options String Optional @1" },
        { "public class Opt { public required string A { get; set; } }", "S:A Options String Required @1" },
        { "public class Opt { [Required] public string? A { get; set; } }", "S:A Options String Required @1" },
        { "public class Opt { [Required] public int? A { get; set; } }", "S:A Options Int Required @1" },
        { "public class Opt { public int A { get; set; } = 5; }", "S:A Options Int Defaulted=5 @1" },
        { "public class Opt { public bool A { get; set; } = true; }", "S:A Options Bool Defaulted=true @1" },
        { "public class Opt { public bool A { get; set; } }", "S:A Options Bool Defaulted=false @1" },
        { "public class Opt { public int? A { get; set; } }", "S:A Options Int Optional @1" },
        { "public class Opt { public TimeSpan A { get; set; } = TimeSpan.FromSeconds(5); }", "S:A Options Duration Defaulted @1" },
        { "public class Opt { public Uri A { get; set; } = null!; }", "S:A Options Url Required @1" },
        { "public class Opt { public int ListenPort { get; set; } }", "S:ListenPort Options Port Defaulted=0 @1" },
        { "public class Opt { public string DbConnectionString { get; set; } = null!; }", "S:DbConnectionString Options ConnectionString Required @1" },
        { "public class Opt { [Url] public string? A { get; set; } }", "S:A Options Url Optional @1" },
        { "public enum E { X, Y } public class Opt { public E A { get; set; } }", "S:A Options Enum(X|Y) Defaulted=X @1" },
        { "public enum E { X, Y } public class Opt { public E A { get; set; } = E.Y; }", "S:A Options Enum(X|Y) Defaulted=Y @1" },
        { "public class Opt { public LogLevel A { get; set; } = LogLevel.Warning; }", "S:A Options Enum(Trace|Debug|Information|Warning|Error|Critical|None) Defaulted=3 @1" },
        { "public class Opt { [ConfigurationKeyName(\"other-name\")] public string? A { get; set; } }", "S:other-name Options String Optional @1" },
        { "public class Opt { public string[] A { get; set; } = []; }", "S:A Options Array Optional whole @1" },
        { "public class Opt { public List<Item> A { get; set; } = new(); } public class Item { public string? X { get; set; } }", "S:A Options Array Optional whole @1" },
        { "public class Opt { public List<string> A { get; } = new(); }", "S:A Options Array Optional whole @1" },
        { "public class Opt { public Dictionary<string, string> A { get; set; } = new(); }", "S:A Options Object Optional whole @1" },
        { "public class Opt { [Required] public string[]? A { get; set; } }", "S:A Options Array Required whole @1" },
        { "public class Opt { public Sub B { get; set; } = new(); } public class Sub { public string C { get; set; } = null!; }", "S:B:C Options String Required @1" },
        { "public class Opt { public Sub? B { get; set; } } public class Sub { public string C { get; set; } = null!; }", "S:B:C Options String Optional @1" },
        { "public class Opt { public Sub B { get; } = new(); } public class Sub { public string? C { get; set; } }", "S:B:C Options String Optional @1" },
        { "public class Base { public string X { get; set; } = null!; } public class Opt : Base { public string? Y { get; set; } }", "S:X Options String Required @1;S:Y Options String Optional @1" },
        { "public class Base<T> { public T X { get; set; } = default!; } public class Opt : Base<int> { }", "S:X Options Int Defaulted=0 @1" },
        { "public record Opt(string A, int B, string C = \"c\", string? D = null);", "S:A Options String Required @1;S:B Options Int Required @1;S:C Options String Defaulted=c @1;S:D Options String Optional @1" },
        { "public class Opt { public Opt(string name) { Name = name; } public string Name { get; } public string? Other { get; init; } }", "S:Name Options String Required @1;S:Other Options String Optional @1" },
        { "public class Opt { public string A { get; init; } = null!; }", "S:A Options String Required @1" },
        { "public class Opt { public string A { get; private set; } = null!; public string? B { get; set; } }", "S:B Options String Optional @1" },
        { "public class Opt { public string? A { get; } public string? B { get; set; } public static string? C { get; set; } public Action? D { get; set; } }", "S:B Options String Optional @1" },
        { "public class Opt { public Opt? Child { get; set; } public string? A { get; set; } }", "S:A Options String Optional @1;S:Child Options Object Optional whole @1" },
        { "public struct Sub { public string? C { get; set; } } public class Opt { public Sub B { get; set; } }", "S:B:C Options String Optional @1" },
        { "public class Opt { private string _a = \"q\"; public string A { get => _a; set => _a = value; } }", "S:A Options String Defaulted=q @1" },
        { "#nullable disable\npublic class Opt { public string A { get; set; } }", "S:A Options String Optional @1" },
        { "public class Opt { public Guid A { get; set; } public DateTime B { get; set; } }", "S:A Options String Defaulted @1;S:B Options String Defaulted @1" },
        { "public class Opt { public IConfigurationSection? Rest { get; set; } }", "S:Rest Options Object Optional whole @1" },
    };

    [Theory]
    [MemberData(nameof(Binders))]
    public void Binding_calls_are_known(string body, string types, string expected) => ReadFormTests.Check(body, types, null, expected);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Types_are_walked_as_the_binder_does(string types, string expected) => ReadFormTests.Check("""services.Configure<Opt>(config.GetSection("S"));""", types, null, expected);
}
