// How precise and how complete is the pass over IL?
//
//   dotnet build Some.slnx --no-incremental -bl:some.binlog
//   dotnet run --project eng/SymbolCheck -- some.binlog [--list]
//
// For every C# compilation in the log: the assemblies whose symbols the hand-written source names (each name's symbol, and the
// members that foreach, collection initialisers and implicit constructors bind to), against the assemblies the pass says are
// used. The framework and the project itself are left out. A pair is (compilation, assembly).
//
// Where the log holds ReproGate's findings, its verdicts are compared too: a package or project that the source names and that
// the project does not declare must be told as RGATE2001 or RGATE2002, nothing else may be, and of a package told as RGATE2003 the
// source must name nothing. What a package stands for (xunit for xunit.assert) is listed apart: a declared package without
// assemblies of its own, or one given by --umbrella Id=Prefix.
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Build.Logging.StructuredLogger;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReproGate.Assemblies;
using ReproGate.Facts;
using ReproGate.TestKit;

if (args.Length == 0 || !File.Exists(args[0]))
{
    Console.Error.WriteLine("usage: SymbolCheck <binary log> [--list] [--umbrella Id=Prefix ...]");
    return 2;
}

// Before any method that names MSBuild's types is compiled.
MSBuildHost.EnsureRegistered();
return Compare(args[0], args.Contains("--list"), [.. args.SkipWhile(static argument => argument != "--umbrella").Skip(1).Select(static pair => pair.Split('=', 2)).Where(static pair => pair.Length == 2).Select(static pair => (pair[0], pair[1]))]);

static int Compare(string log, bool list, (string Id, string Prefix)[] umbrellas)
{
    Build build = BinaryLog.ReadBuild(log);
    ILookup<string, (string Rule, string Subject)> told = Told(build);
    var verdicts = new Verdicts();
    int both = 0, onlyPass = 0, onlySymbols = 0, compilations = 0;
    var seen = new HashSet<string>(StringComparer.Ordinal);
    foreach (CscTask task in build.FindChildrenRecursive<CscTask>())
    {
        Project? project = task.GetNearestParent<Project>();
        string? directory = Path.GetDirectoryName(project?.ProjectFile);
        string? line = task.CommandLineArguments;
        if (directory is null || line is null)
        {
            continue;
        }

        // The line begins with the compiler's own path; what follows the first switch is the same however it was started.
        int start = line.IndexOf(" /noconfig", StringComparison.Ordinal);
        CSharpCommandLineArguments arguments = CSharpCommandLineParser.Default.Parse(
            CommandLineParser.SplitCommandLineIntoArguments(start < 0 ? line : line[start..], removeHashComments: false), directory, sdkDirectory: null);
        string output = Path.Combine(arguments.OutputDirectory, arguments.OutputFileName ?? "");
        if (!File.Exists(output) || !seen.Add(output))
        {
            continue;
        }

        Restored? restored = Restored.Read(build, project!);
        bool IsForeign(string file) => IsGenerated(file) || (restored is not null && Array.Exists(restored.Folders, folder => file.StartsWith(folder, StringComparison.OrdinalIgnoreCase)));
        (HashSet<string> symbols, int errors) = NamedAssemblies(arguments, IsForeign);
        AssemblyFacts facts = AssemblyFactsReader.Read(output, IsForeign);
        HashSet<string> external = [.. arguments.MetadataReferences.Select(static reference => reference.Reference).Where(static path => !IsFramework(path)).Select(Path.GetFileNameWithoutExtension).OfType<string>()];
        symbols.IntersectWith(external);
        HashSet<string> pass =
        [
            .. facts.References
                .Where(reference => external.Contains(reference.Name) && reference.Types.Any(static type => type.Uses.Any(static use => use.Kind != UseKind.Mentioned && !use.Generated)))
                .Select(static reference => reference.Name),
        ];
        if (restored is not null)
        {
            verdicts.Add(output, restored, symbols, [.. told[KeyOf(project!)].Distinct()], umbrellas);
        }

        compilations++;
        both += pass.Intersect(symbols).Count();
        onlyPass += pass.Except(symbols).Count();
        onlySymbols += symbols.Except(pass).Count();
        if (list && (!pass.SetEquals(symbols) || errors > 0))
        {
            Console.WriteLine($"{output} ({errors} errors without generators)");
            foreach (string name in pass.Except(symbols))
            {
                TypeUse use = facts.References.Single(reference => reference.Name == name).Types.SelectMany(static type => type.Uses).First(static use => use.Kind != UseKind.Mentioned && !use.Generated);
                Console.WriteLine($"  only the pass: {name}, {use.Kind} {use.Member} {use.Location}");
            }

            foreach (string name in symbols.Except(pass))
            {
                Console.WriteLine($"  only symbols:  {name}");
            }
        }
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{compilations} compilations; pairs in both {both}, only the pass {onlyPass}, only symbols {onlySymbols}; precision {Share(both, onlyPass):P2}, recall {Share(both, onlySymbols):P2}"));
    if (told.Count > 0)
    {
        verdicts.Write();
    }

    return 0;
}

static string KeyOf(Project project) => $"{project.ProjectFile}|{project.TargetFramework}";

// The rule and what it accuses, by project and target framework.
static ILookup<string, (string Rule, string Subject)> Told(Build build)
{
    var text = new Regex(@"which is in package (?<id>\S+) |which is in (?<id>[^,]+)\.\w+proj,|declares package (?<id>\S+) ", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    return build.FindChildrenRecursive<AbstractDiagnostic>(static diagnostic => diagnostic.Code is "RGATE2001" or "RGATE2002" or "RGATE2003")
        .Select(diagnostic => (Project: diagnostic.GetNearestParent<Project>(), diagnostic.Code, Match: text.Match(diagnostic.Text ?? "")))
        .Where(static entry => entry.Project is not null && entry.Match.Success)
        .ToLookup(static entry => KeyOf(entry.Project!), static entry => (entry.Code, entry.Match.Groups["id"].Value), StringComparer.OrdinalIgnoreCase);
}

static double Share(int good, int bad) => good + bad == 0 ? 1 : (double)good / (good + bad);

static bool IsFramework(string path) => path.Replace('\\', '/').Contains("/packs/", StringComparison.OrdinalIgnoreCase) || path.Replace('\\', '/').Contains("netstandard.library/", StringComparison.OrdinalIgnoreCase) || path.Replace('\\', '/').Contains(".app.ref/", StringComparison.OrdinalIgnoreCase);

static bool IsGenerated(string path) => path.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal) || !Path.IsPathRooted(path) || path.EndsWith(".g.cs", StringComparison.Ordinal);

static (HashSet<string> Names, int Errors) NamedAssemblies(CSharpCommandLineArguments arguments, Func<string, bool> isForeign)
{
    IEnumerable<SyntaxTree> trees = arguments.SourceFiles.Where(static file => File.Exists(file.Path))
        .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file.Path), arguments.ParseOptions, file.Path));
    CSharpCompilation compilation = CSharpCompilation.Create(
        arguments.CompilationName,
        trees,
        arguments.MetadataReferences.Where(static reference => File.Exists(reference.Reference)).Select(static reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties)),
        // A signed assembly sees the internals of its friends only once its own key is known.
        arguments.CompilationOptions.WithStrongNameProvider(new DesktopStrongNameProvider(arguments.KeyFileSearchPaths)));
    var names = new HashSet<string>(StringComparer.Ordinal);
    foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(tree => !isForeign(tree.FilePath)))
    {
        SemanticModel model = compilation.GetSemanticModel(tree);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            // A using directive names a namespace, not an assembly.
            if (node is UsingDirectiveSyntax || node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null)
            {
                continue;
            }

            // An attribute about the whole assembly is a mention for the pass (tools write such attributes too).
            if (node.FirstAncestorOrSelf<AttributeListSyntax>() is { Target.Identifier.Text: "assembly" or "module" })
            {
                continue;
            }

            switch (node)
            {
                // "var" and the discard name nothing.
                case IdentifierNameSyntax { IsVar: true }:
                    break;
                case SimpleNameSyntax or BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax or ElementAccessExpressionSyntax or BinaryExpressionSyntax:
                    Add(names, model.GetSymbolInfo(node).Symbol);
                    break;
                case ForEachStatementSyntax each:
                    Add(names, model.GetForEachStatementInfo(each).GetEnumeratorMethod);
                    break;
                case InitializerExpressionSyntax initializer when initializer.IsKind(SyntaxKind.CollectionInitializerExpression):
                    foreach (ExpressionSyntax element in initializer.Expressions)
                    {
                        Add(names, model.GetCollectionInitializerSymbolInfo(element).Symbol);
                    }

                    break;
            }
        }
    }

    return (names, compilation.GetDiagnostics().Count(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
}

static void Add(HashSet<string> names, ISymbol? symbol)
{
    // A local, parameter or lambda is this code's own whatever its type.
    if (symbol is INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol && symbol.ContainingAssembly is { } assembly)
    {
        names.Add(assembly.Name);
    }
}

/// <summary>What restore gave a project for one target framework, read from its assets file.</summary>
internal sealed record Restored(HashSet<string> Declared, Dictionary<string, (string Id, bool IsPackage)> Owners, Dictionary<string, string[]> Packages, HashSet<string> WithAssemblies)
{
    /// <summary>Packages folders, ending in a separator: what is compiled out of them nobody here has written.</summary>
    public string[] Folders { get; init; } = [];

    /// <summary>Reads the assets file of the project that a compilation belongs to; null where there is none.</summary>
    public static Restored? Read(Build build, Project project)
    {
        IEnumerable<Property> properties = build.FindEvaluation(project.EvaluationId)?.FindChildrenRecursive<Property>() ?? [];
        Dictionary<string, string> values = properties.DistinctBy(static property => property.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(static property => property.Name, static property => property.Value, StringComparer.OrdinalIgnoreCase);
        string file = values.GetValueOrDefault("ProjectAssetsFile") ?? Path.Combine(Path.GetDirectoryName(project.ProjectFile)!, "obj", "project.assets.json");
        if (!File.Exists(file))
        {
            return null;
        }

        using JsonDocument assets = JsonDocument.Parse(File.ReadAllBytes(file));
        string framework = values.GetValueOrDefault("TargetFramework") ?? project.TargetFramework;
        JsonElement declaring = assets.RootElement.GetProperty("project");
        var declared = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (declaring.GetProperty("frameworks").TryGetProperty(framework, out JsonElement declarations) && declarations.TryGetProperty("dependencies", out JsonElement direct))
        {
            declared.UnionWith(direct.EnumerateObject().Select(static entry => entry.Name));
        }

        if (declaring.GetProperty("restore").GetProperty("frameworks").TryGetProperty(framework, out JsonElement projects) && projects.TryGetProperty("projectReferences", out JsonElement references))
        {
            declared.UnionWith(references.EnumerateObject().Select(static entry => Path.GetFileNameWithoutExtension(entry.Name)));
        }

        var owners = new Dictionary<string, (string Id, bool IsPackage)>(StringComparer.OrdinalIgnoreCase);
        var packages = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        var withAssemblies = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (!assets.RootElement.GetProperty("targets").TryGetProperty(framework, out JsonElement target))
        {
            return null;
        }

        foreach (JsonProperty library in target.EnumerateObject())
        {
            string id = library.Name.Split('/')[0];
            bool package = library.Value.GetProperty("type").GetString() == "package";
            if (package)
            {
                packages[id] = library.Value.TryGetProperty("dependencies", out JsonElement children) ? [.. children.EnumerateObject().Select(static entry => entry.Name)] : [];
            }

            if (library.Value.TryGetProperty("compile", out JsonElement compile))
            {
                foreach (string assembly in compile.EnumerateObject().Select(static entry => Path.GetFileName(entry.Name)).Where(static name => name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)))
                {
                    owners.TryAdd(Path.GetFileNameWithoutExtension(assembly), (id, package));
                    withAssemblies.Add(id);
                }
            }
        }

        return new Restored(declared, owners, packages, withAssemblies) { Folders = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(static folder => Path.TrimEndingDirectorySeparator(folder.Name) + Path.DirectorySeparatorChar)] };
    }

    /// <summary>Whether a declared package stands for another.</summary>
    public bool IsCovered(string id, (string Id, string Prefix)[] umbrellas) =>
        Array.Exists(umbrellas, umbrella => Declared.Contains(umbrella.Id) && Packages.ContainsKey(umbrella.Id) && id.StartsWith(umbrella.Prefix, StringComparison.OrdinalIgnoreCase))
        || Declared.Any(declared => !WithAssemblies.Contains(declared) && Packages.GetValueOrDefault(declared, []).Contains(id, StringComparer.OrdinalIgnoreCase));
}

/// <summary>What the symbols say of each finding, over all compilations.</summary>
internal sealed class Verdicts
{
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, (int Right, int Wrong, int Missed)> _counts = new(StringComparer.Ordinal);
    private int _covered;

    /// <summary>Compares one compilation.</summary>
    public void Add(string output, Restored restored, HashSet<string> symbols, HashSet<(string Rule, string Subject)> told, (string Id, string Prefix)[] umbrellas)
    {
        HashSet<(string Id, bool IsPackage)> named = [.. symbols.Where(restored.Owners.ContainsKey).Select(name => restored.Owners[name])];
        var expected = new HashSet<(string Rule, string Subject)>();
        foreach ((string id, bool isPackage) in named.Where(owner => !restored.Declared.Contains(owner.Id)))
        {
            if (isPackage && restored.IsCovered(id, umbrellas))
            {
                _covered++;
            }
            else
            {
                expected.Add((isPackage ? "RGATE2001" : "RGATE2002", id));
            }
        }

        foreach ((string rule, string subject) in told)
        {
            bool right = rule == "RGATE2003" ? !named.Contains((subject, true)) : expected.Contains((rule, subject));
            Count(rule, right ? (1, 0, 0) : (0, 1, 0));
            if (!right)
            {
                _lines.Add($"  told, and no symbol says so: {rule} {subject} in {output}");
            }
        }

        foreach ((string rule, string subject) in expected.Except(told))
        {
            Count(rule, (0, 0, 1));
            _lines.Add($"  named and not told: {rule} {subject} in {output}");
        }
    }

    /// <summary>Writes the counts and every disagreement.</summary>
    public void Write()
    {
        foreach ((string rule, (int right, int wrong, int missed)) in _counts.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rule}: told and named {right}, told only {wrong}, named only {missed}; precision {Ratio(right, wrong):P2}, recall {Ratio(right, missed):P2}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"covered by a declared umbrella: {_covered}"));
        foreach (string line in _lines.Order(StringComparer.Ordinal))
        {
            Console.WriteLine(line);
        }
    }

    private static double Ratio(int good, int bad) => good + bad == 0 ? 1 : (double)good / (good + bad);

    private void Count(string rule, (int Right, int Wrong, int Missed) more)
    {
        (int right, int wrong, int missed) = _counts.GetValueOrDefault(rule);
        _counts[rule] = (right + more.Right, wrong + more.Wrong, missed + more.Missed);
    }
}
