using System.Diagnostics;
using CsCheck;
using Microsoft.CodeAnalysis;
using ReproGate.Assemblies.Configuration;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;
using ReproGate.Linking.Configuration;

namespace ReproGate.Assemblies.Tests.Configuration;

/// <summary>The stored facts, the literals, and assemblies that are damaged or hostile.</summary>
public sealed class CodeFactsTests
{
    private const string Code = """
        public interface I { void Go(); }
        public enum E { X, Y }
        public record Opt(string A, int B = 3, E C = E.Y);
        public class Svc : BackgroundService, I
        {
            readonly IConfigurationSection _s; public Svc(IConfiguration c) { _s = c.GetSection("S"); }
            void I.Go() => Program.Use(_s["A"] ?? _s["B"] ?? "x");
            protected override async Task ExecuteAsync(CancellationToken t) { foreach (var k in new[] { "p", "q" }) { await Task.Delay(int.Parse(_s[$"{k}:Delay"] ?? "1")); } }
        }
        public static class Program
        {
            public static void Main(string[] args)
            {
                var b = WebApplication.CreateBuilder(args);
                if (b.Environment.IsDevelopment()) { b.Configuration.AddJsonFile("x.json", true); }
                b.Services.Configure<Opt>(b.Configuration.GetSection("Opt")).AddSingleton<I, Svc>(sp => new Svc(b.Configuration));
                var x = b.Configuration["K"]; while (x != null && x.Length < 10) { x = x + b.Configuration["L" + x]; } try { Use(x); } catch (Exception e) when (e.Message == x) { Use("http://localhost:5000"); }
                switch (args.Length) { case 0: Use(1); break; case 1: Use(2); break; case 2: Use(3); break; case 3: Use(4); break; }
            }
            public static void Use(params object?[] values) { }
        }
        """;

    private static readonly (byte[] Image, byte[] Symbols) Sound = Linked.Compile("App", Linked.WithUsings(Code), [], OptimizationLevel.Release, OutputKind.ConsoleApplication);

    [Fact]
    public void Facts_read_back_are_the_facts_written()
    {
        CodeFacts facts = Linked.Facts(Sound);
        byte[] bytes = Written(facts);
        CodeFacts read = CodeFactsStore.Read(bytes)!;

        Assert.Equal(bytes, Written(read));
        Assert.Equal(facts.Mvid, read.Mvid);
        ExecutableConfiguration before = ConfigurationLinker.Link(new LinkedAssembly(facts), []), after = ConfigurationLinker.Link(new LinkedAssembly(read), []);
        Assert.Equal(before.Reads.Select(Linked.Text), after.Reads.Select(Linked.Text));
        Assert.Equal(before.Unresolved.AsEnumerable(), after.Unresolved.AsEnumerable());
        Assert.Equal(before.Host.Operations.Length, after.Host.Operations.Length);
        Assert.Contains("S:p:Delay Value Int Defaulted=1 @8", before.Reads.Select(Linked.Text));
    }

    [Fact]
    public void Damaged_facts_are_made_anew()
    {
        byte[] bytes = Written(Linked.Facts(Sound));
        Assert.Null(CodeFactsStore.Read([]));
        Assert.Null(CodeFactsStore.Read(bytes[..^1]));
        byte[] other = [.. bytes];
        other[4]++;
        Assert.Null(CodeFactsStore.Read(other));
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
        {
            byte[] mutant = [.. bytes];
            for (int edit = random.Next(1, 5); edit > 0; edit--)
            {
                mutant[random.Next(12, mutant.Length)] = (byte)random.Next(256);
            }

            // Whatever comes back must be fit to be linked.
            if (CodeFactsStore.Read(mutant) is { } read)
            {
                Assert.NotNull(read.Name);
                Assert.All(read.Methods, method => Assert.NotNull(read.Bodies.Read(method.Body)));
            }
        }
    }

    [Fact]
    public void A_body_is_read_as_it_was_written()
    {
        var target = new CodeMethodReference("Lib", "N.C", "N.C", "M", ["System.String"], "System.String", isStatic: true);
        var text = new TextValue("a");
        var unknown = new UnknownValue("is computed");
        var inner = new CodeSite { Target = target, Offset = 3, Arguments = [text] };
        var site = new CodeSite { Target = target, Offset = 300, IsVirtual = true, Discarded = true, Guards = [(0, true)], TypeArguments = ["System.Int32"], Place = new CodePlace("/src/A.cs", 70_000, 5) };
        var choice = new ChoiceValue([new CallValue(inner), text, unknown]);
        // It hands itself its own result, as in a loop.
        site.Arguments = [choice, new CallValue(site)];
        var field = new CodeField("N.C", "_f", "System.String");
        var writer = new CodeBodyWriter();
        int nothing = writer.Write([new TextValue("p")], [], [], null, [], [], [], [], []);
        int first = writer.Write([new TextValue("p")], [site], [new CodeStore(field, text, null)], choice, [new CodeBranch(new ComparisonValue(text, NullValue.Instance, negated: true), false, true)], [choice], [target], ["N.T"], ["N.S"]);
        int second = writer.Write([], [], [new CodeStore(field, unknown, null), new CodeStore(field, unknown, new CodePlace("/src/A.cs", 1, 2))], text, [], [], [], [], []);
        CodeBodies bodies = writer.Finish();

        Assert.Equal(0, nothing);
        Assert.Same(CodeBody.Empty, bodies.Read(nothing));
        CodeBody body = bodies.Read(first);
        CodeSite read = Assert.Single(body.Sites);
        Assert.Equal("p", Assert.Single(body.ParameterNames));
        Assert.Equal((target, 300, true, true, false, false), (read.Target, read.Offset, read.IsVirtual, read.Discarded, read.IsNew, read.Generated));
        Assert.Equal((0, true), Assert.Single(read.Guards));
        Assert.Equal("System.Int32", Assert.Single(read.TypeArguments));
        Assert.Equal(site.Place, read.Place);
        Assert.Same(read, Assert.IsType<CallValue>(read.Arguments[1]).Site);
        var again = Assert.IsType<ChoiceValue>(read.Arguments[0]);
        Assert.Same(again, body.Returns);
        Assert.Same(again, Assert.Single(body.Merges));
        Assert.Equal(3, Assert.IsType<CallValue>(again.Values[0]).Site.Offset);
        Assert.Same(again.Values[1], Assert.Single(body.Stores).Value);
        Assert.Equal("is computed", Assert.IsType<UnknownValue>(again.Values[2]).Reason);
        CodeBranch branch = Assert.Single(body.Branches);
        Assert.Equal((false, true), (branch.ThrowsWhenTrue, branch.ThrowsWhenFalse));
        Assert.True(Assert.IsType<ComparisonValue>(branch.Condition) is { Negated: true, Right: NullValue, Left: TextValue { Text: "a" } });
        Assert.Equal((target, "N.T", "N.S"), (Assert.Single(body.Delegates), Assert.Single(body.Types), Assert.Single(body.StaticsOf)));
        body = bodies.Read(second);
        Assert.Equal(2, body.Stores.Length);
        Assert.Same(body.Stores[0].Value, body.Stores[1].Value);
        Assert.Equal(new CodePlace("/src/A.cs", 1, 2), body.Stores[1].Place);
        Assert.Equal("a", Assert.IsType<TextValue>(body.Returns).Text);
        Assert.Throws<InvalidDataException>(() => bodies.Read(int.MaxValue));
    }

    [Fact]
    public void Arrays_that_hold_themselves_or_lie_deep_in_each_other_are_stored()
    {
        string nested = string.Concat(Enumerable.Range(1, 400).Select(static number => $"var a{number} = new object[] {{ a{number - 1} }}; "));
        CodeFacts facts = Linked.Facts(Linked.Compile(
            "App",
            Linked.WithUsings($$"""
                public static class Program
                {
                    public static void Main(string[] args)
                    {
                        var b = WebApplication.CreateBuilder(args); var own = new object[2]; own[0] = own; own[1] = b.Configuration["A:B"]!; Use(own);
                        var a0 = new object[1]; {{nested}} Use(a400);
                    }
                    public static void Use(params object?[] values) { }
                }
                """),
            [],
            OptimizationLevel.Release,
            OutputKind.ConsoleApplication));
        CodeFacts read = CodeFactsStore.Read(Written(facts))!;

        Assert.Equal(Written(facts), Written(read));
        Assert.Contains(ConfigurationLinker.Link(new LinkedAssembly(read), []).Reads, static found => found.Key == "A:B");
    }

    [Fact]
    public void The_pass_runs_once_for_one_assembly()
    {
        string folder = Directory.CreateTempSubdirectory("reprogate-config-").FullName;
        try
        {
            string assembly = Path.Combine(folder, "App.dll"), file = Path.Combine(folder, "obj", "App.config.facts");
            File.WriteAllBytes(assembly, Sound.Image);
            CodeFactsFile.ReadOrCollect(assembly, file, null, out bool withoutSymbols);
            File.WriteAllBytes(Path.ChangeExtension(assembly, ".pdb"), Sound.Symbols);
            CodeFactsFile.ReadOrCollect(assembly, file, null, out bool first);
            CodeFacts facts = CodeFactsFile.ReadOrCollect(assembly, file, null, out bool second);
            Assert.Equal((false, false, true), (withoutSymbols, first, second));
            Assert.Equal("App", facts.Name);
            File.WriteAllText(file, "half");
            CodeFactsFile.ReadOrCollect(assembly, file, null, out bool damaged);
            Assert.False(damaged);
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("http://localhost:5000", true)]
    [InlineData("Server=(localdb)\\mssqllocaldb", true)]
    [InlineData("127.0.0.1:80", true)]
    [InlineData("redis://cache", true)]
    [InlineData("C:\\temp\\x", true)]
    [InlineData("/home/me/data", true)]
    [InlineData("\\\\server\\share", true)]
    [InlineData("Server=x;Password=secret;", true)]
    [InlineData("AccountName=a;AccountKey=b==", true)]
    [InlineData("AKIAABCDEFGHIJKLMNOP", true)]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ012345", true)]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", true)]
    [InlineData("/api/orders", false)]
    [InlineData("Logging:LogLevel", false)]
    [InlineData("the password is wrong", false)]
    [InlineData("application/json", false)]
    [InlineData("akiaabcdefghijklmnop", false)]
    [InlineData("", false)]
    public void Literals_that_rules_look_at_are_kept(string text, bool kept)
    {
        ExecutableConfiguration configuration = Linked.Body("Use(\"a\",\n@\"" + text + "\");");

        Assert.Equal(kept, configuration.Literals.Any(literal => literal.Text == text && literal.Location!.Line == 1));
    }

    [Fact]
    public void Generated_code_of_the_binding_source_generator_is_read_as_what_it_replaces()
    {
        const string code = """
            public class Opt { public string Url { get; set; } = null!; public int N { get; set; } }
            public static class Program { public static void Main(string[] args) {
            var b = WebApplication.CreateBuilder(args); IConfiguration c = b.Configuration;
            b.Services.Configure<Opt>(c.GetSection("A"));
            var o = c.GetSection("B").Get<Opt>();
            var p = new Opt(); c.GetSection("C").Bind(p);
            b.Services.AddOptions<Opt>().BindConfiguration("D");
            var n = c.GetValue<int>("E", 4);
            System.Console.WriteLine(o!.Url + n);
            } }
            """;
        string generator = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Linked.AspNetFolder()))!, "..", "packs", "Microsoft.AspNetCore.App.Ref");
        string? analyzer = Directory.Exists(generator) ? Directory.GetFiles(generator, "Microsoft.Extensions.Configuration.Binder.SourceGeneration.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault() : null;
        Assert.True(analyzer is not null, "the SDK holds the generator");
        (byte[] Image, byte[] Symbols) plain = Linked.Compile("App", Linked.WithUsings(code), [], OptimizationLevel.Release, OutputKind.ConsoleApplication);
        (byte[] Image, byte[] Symbols) generated = Linked.CompileWithGenerator("App", Linked.WithUsings(code), analyzer!);
        CodeFacts facts = Linked.Facts(generated);

        Assert.Contains(facts.Methods.SelectMany(method => facts.Bodies.Read(method.Body).Sites), static site => CodeTypeName.Definition(site.Target.Type).StartsWith("Microsoft.Extensions.Configuration.Binder.SourceGeneration.", StringComparison.Ordinal));
        Assert.Equal(
            Linked.Reads(ConfigurationLinker.Link(new LinkedAssembly(Linked.Facts(plain)), [])),
            Linked.Reads(ConfigurationLinker.Link(new LinkedAssembly(facts), [])));
    }

    [Fact]
    public void A_hundred_thousand_damaged_assemblies_neither_crash_nor_hang()
    {
        var clock = Stopwatch.StartNew();
        TimeSpan longest = TimeSpan.Zero;
        int read = 0;
        byte[][] images = [Sound.Image, Small.Image];
        byte[][] pdbs = [Sound.Symbols, Small.Symbols];
        Gen<(int, int, byte)[]> edits = Gen.Select(Gen.Int[0, 3], Gen.Int[0, int.MaxValue - 1], Gen.Byte).Array[1, 8];
        Gen.Select(edits, Gen.Int[0, 9]).Sample(
            sample =>
            {
                ((int, int, byte)[] changes, int target) = sample;
                int which = target < 2 ? 0 : 1;
                byte[] image = (byte[])images[which].Clone(), symbols = (byte[])pdbs[which].Clone();
                foreach ((int kind, int place, byte value) in changes)
                {
                    byte[] bytes = target is 9 or 1 ? symbols : image;
                    int index = place % bytes.Length;
                    bytes[index] = kind switch { 0 => value, 1 => (byte)(bytes[index] ^ (1 << (value & 7))), 2 => 0xFF, _ => bytes[(index + value) % bytes.Length] };
                }

                TimeSpan start = clock.Elapsed;
                try
                {
                    using var assembly = new MemoryStream(image);
                    using var pdb = new MemoryStream(symbols);
                    CodeFacts facts = CodeFactsReader.Read(assembly, pdb);
                    if ((read++ & 7) == 0)
                    {
                        ConfigurationLinker.Link(new LinkedAssembly(CodeFactsStore.Read(Written(facts))!), []);
                    }
                }
                catch (UnreadableAssemblyException)
                {
                    // The answer for an assembly of which nothing can be said.
                }

                TimeSpan took = clock.Elapsed - start;
                longest = took > longest ? took : longest;
                return true;
            },
            iter: 100_000,
            threads: 1);
        Assert.True(read > 10_000, $"only {read} mutants were readable");
        Assert.True(longest < TimeSpan.FromMinutes(2), $"one took {longest}");
    }

    private static readonly (byte[] Image, byte[] Symbols) Small = Linked.Compile("Tiny", Linked.WithUsings("""
        public class Opt { [ConfigurationKeyName("k")] public string? A { get; set; } = "x"; }
        public static class Program { public static void Main(string[] args) { var c = new ConfigurationBuilder().AddJsonFile("a.json").Build(); for (int i = 0; i < 2; i++) { Console.WriteLine(c[$"A:{i}"] ?? "d"); } c.GetSection("S").Bind(new Opt()); Func<string, string?> f = k => c[k]; f("Q"); } }
        """), [], OptimizationLevel.Release, OutputKind.ConsoleApplication);

    private static byte[] Written(CodeFacts facts)
    {
        using var stream = new MemoryStream();
        CodeFactsStore.Write(stream, facts);
        return stream.ToArray();
    }
}
