using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using ReproGate.Facts;

namespace ReproGate.Analyzers.Packages;

/// <summary>
/// What restore resolved for one project, from project.assets.json: which package owns an assembly, what the project declares, who brings whom. The build has
/// the same from its items; an editor's compilation has only paths.
/// </summary>
internal sealed class RestoredGraph
{
    private const int MaxCharacters = 64 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };
    private static readonly ConditionalWeakTable<SourceText, Holder> Known = new();

    private RestoredGraph(AssemblyDependencies dependencies, ImmutableDictionary<string, OwnedAssembly> owners)
    {
        Dependencies = dependencies;
        Owners = owners;
    }

    /// <summary>What the project declares and what restore made of it; without assemblies, which the compilation knows.</summary>
    public AssemblyDependencies Dependencies { get; }

    /// <summary>The package of each assembly that packages give the compiler, by absolute path with <c>/</c>.</summary>
    public ImmutableDictionary<string, OwnedAssembly> Owners { get; }

    /// <summary>Reads the file; null where it is half-written or of another form, as while a restore runs.</summary>
    public static RestoredGraph? Read(AdditionalText file, EditorProject project, CancellationToken cancellation) =>
        file.GetText(cancellation) is { Length: < MaxCharacters } text ? Known.GetValue(text, text => new Holder(Parse(text.ToString(), project))).Graph : null;

    internal static RestoredGraph? Parse(string text, EditorProject project)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Options);
            return Read(document.RootElement, project);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // JsonElement says with the second that a value is of another kind than expected.
            return null;
        }
    }

    private static RestoredGraph? Read(JsonElement root, EditorProject project)
    {
        JsonProperty[] frameworks = [.. Members(Member(root, "project"), "frameworks")];
        JsonProperty framework = frameworks.FirstOrDefault(one => Is(Text(one.Value, "targetAlias"), project.TargetFramework) || Is(one.Name, project.TargetFramework));
        if (framework.Value.ValueKind != JsonValueKind.Object)
        {
            if (frameworks.Length != 1)
            {
                return null;
            }

            framework = frameworks[0];
        }

        JsonProperty[] targets = [.. Members(root, "targets").Where(static target => target.Name.IndexOf('/') < 0)];
        JsonProperty target = targets.FirstOrDefault(one => Is(one.Name, framework.Name) || Is(one.Name, project.TargetFramework) || Is(one.Name, project.TargetFrameworkMoniker));
        if (target.Value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        string[] folders = [.. Members(root, "packageFolders").Select(static folder => folder.Name.Replace('\\', '/').TrimEnd('/'))];
        Dictionary<string, JsonElement> packages = Members(root, "libraries").ToDictionary(static library => library.Name, static library => library.Value, StringComparer.OrdinalIgnoreCase);
        var owners = ImmutableDictionary.CreateBuilder<string, OwnedAssembly>(StringComparer.OrdinalIgnoreCase);
        var graph = ImmutableArray.CreateBuilder<DependencyNode>();
        foreach (JsonProperty library in target.Value.EnumerateObject())
        {
            (string id, string version) = Split(library.Name);
            bool isPackage = Text(library.Value, "type") == "package";
            string[] compiled = [.. Members(library.Value, "compile").Select(static file => file.Name).Where(static file => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))];
            graph.Add(new DependencyNode(id, version, isPackage, [.. Members(library.Value, "dependencies").Select(static dependency => dependency.Name)], compiled.Length > 0, ActsOnBuildOrRun: false) { CompileOnly = IsCompileOnly(library, packages) });
            if (isPackage && packages.TryGetValue(library.Name, out JsonElement package))
            {
                string path = Text(package, "path");
                foreach (string full in from file in compiled from folder in folders select $"{folder}/{path}/{file}")
                {
                    owners[full] = new OwnedAssembly(Path.GetFileNameWithoutExtension(full), full, AssemblyOwner.Package, id, version);
                }
            }
        }

        JsonElement restore = Member(Member(root, "project"), "restore");
        JsonElement restored = Member(restore, "frameworks");
        return new RestoredGraph(
            new AssemblyDependencies
            {
                ProjectPath = project.ProjectPath,
                TargetFramework = project.TargetFramework,
                TargetFrameworks = [.. frameworks.Select(static one => one.Name)],
                Packages = [.. Members(framework.Value, "dependencies").Where(static dependency => Text(dependency.Value, "target") is "Package" or "").Select(dependency => new DeclaredDependency(dependency.Name, project.ProjectPath) { Implicit = True(dependency.Value, "autoReferenced") })],
                Projects = [.. Members(Member(restored, framework.Name), "projectReferences").Select(static reference => reference.Name.Replace('\\', '/'))],
                Graph = graph.ToImmutable(),
                OtherFrameworks = [.. targets.Where(one => one.Name != target.Name).Select(one => new OtherFramework(
                    VersionsById.Of(one.Value.EnumerateObject().Select(static library => Split(library.Name))),
                    Versions(frameworks.FirstOrDefault(framework => IsOf(one.Name, framework)).Value))
                {
                    CompileOnly = one.Value.EnumerateObject().Where(library => IsCompileOnly(library, packages)).Select(static library => Split(library.Name).Id).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase),
                })],
                CentralVersions = project.CentralVersions,
                PinsTransitively = True(restore, "CentralPackageTransitivePinningEnabled"),
                CentralFile = project.CentralFile,
                CentralPackages = Versions(framework.Value),
            },
            owners.ToImmutable());
    }

    private static bool IsCompileOnly(JsonProperty library, Dictionary<string, JsonElement> packages) =>
        packages.TryGetValue(library.Name, out JsonElement package) && CompileOnlyAssets.Are(
            Members(library.Value, "compile").Select(static file => file.Name),
            [.. Members(library.Value, "runtime").Select(static file => file.Name)],
            Member(package, "files") is { ValueKind: JsonValueKind.Array } files ? files.EnumerateArray().Select(static file => file.GetString() ?? "") : []);

    private static bool Is(string left, string right) => right.Length > 0 && left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static ImmutableDictionary<string, string> Versions(JsonElement framework) =>
        VersionsById.Of(Members(framework, "centralPackageVersions").Select(static central => (central.Name, central.Value.GetString() ?? "")));

    private static bool IsOf(string target, JsonProperty framework) =>
        FrameworkNames.IsGraphOf(target, Text(framework.Value, "targetAlias"), Text(framework.Value, "framework") is { Length: > 0 } name ? name : framework.Name);

    private static (string Id, string Version) Split(string name)
    {
        int slash = name.IndexOf('/');
        return slash < 0 ? (name, "") : (name.Substring(0, slash), name.Substring(slash + 1));
    }

    private static JsonElement Member(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static IEnumerable<JsonProperty> Members(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : [];

    private static string Text(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private static bool True(JsonElement element, string name) => Member(element, name).ValueKind == JsonValueKind.True;

    private sealed class Holder(RestoredGraph? graph)
    {
        public RestoredGraph? Graph => graph;
    }
}
