using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ReproGate.Facts;

namespace ReproGate.Assemblies;

/// <summary>Looks for evidence in assemblies and text files, each read at most once and only when a rule asks.</summary>
public sealed class UseEvidence : IUseEvidence
{
    private const long MaximumText = 4 * 1024 * 1024;

    private static readonly HashSet<string> TextExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".json", ".xml", ".config", ".yml", ".yaml", ".razor", ".cshtml", ".xaml", ".axaml", ".props", ".targets", ".runsettings", ".ini", ".toml", ".csx", ".ps1", ".sh", ".tt", ".proto",
    };

    private readonly SourcePaths _paths;
    private readonly AssemblyDependencies _project;
    private readonly IReadOnlyList<string> _sources;
    private readonly IReadOnlyList<string> _imports;
    private readonly IReadOnlyList<string> _texts;
    private readonly Dictionary<string, HashSet<string>> _forwards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _namespaces = new(StringComparer.Ordinal);
    private List<string>? _sourceTexts;
    private List<string>? _otherTexts;

    /// <summary>Creates it.</summary>
    /// <param name="project">The project.</param>
    /// <param name="paths">From documents to files.</param>
    /// <param name="sources">Absolute paths of compiled source files.</param>
    /// <param name="imports">Namespaces the project imports everywhere.</param>
    /// <param name="texts">Absolute paths of other files of the project.</param>
    public UseEvidence(AssemblyDependencies project, SourcePaths paths, IReadOnlyList<string> sources, IReadOnlyList<string> imports, IReadOnlyList<string> texts)
    {
        _project = project;
        _paths = paths;
        _sources = sources;
        _imports = imports;
        _texts = texts;
    }

    /// <summary>Whether a verdict hangs on files other than sources; else they may change without a new look.</summary>
    public bool LookedAtTexts => _otherTexts is not null;

    /// <inheritdoc />
    public SourceLocation? Locate(SourceLocation documented)
    {
        string path = _paths.Resolve(documented.File);
        return Path.IsPathFullyQualified(path) && File.Exists(path) ? documented with { File = path } : null;
    }

    /// <inheritdoc />
    public SourceLocation? FindName(SourceLocation near, string type)
    {
        if (!near.File.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) || ReadTexts([near.File]) is not [string text])
        {
            return null;
        }

        return SourceNames.Find(text, type, near.Line) is { } place ? near with { Line = place.Line, Column = place.Column } : null;
    }

    /// <inheritdoc />
    public bool Forwards(string forwarder, string type)
    {
        if (!_forwards.TryGetValue(forwarder, out HashSet<string>? types))
        {
            _forwards[forwarder] = types = Read(forwarder, static metadata =>
                metadata.ExportedTypes.Select(metadata.GetExportedType).Where(static exported => exported.IsForwarder)
                    .Select(exported => FullName(metadata.GetString(exported.Namespace), metadata.GetString(exported.Name))));
        }

        int nested = type.IndexOf('+', StringComparison.Ordinal);
        return types.Contains(nested < 0 ? type : type[..nested]);
    }

    /// <inheritdoc />
    public bool IsNamedInText(string id, IReadOnlyList<OwnedAssembly> assemblies)
    {
        HashSet<string> own = [.. assemblies.SelectMany(assembly => Namespaces(assembly.Path))];
        foreach (OwnedAssembly other in _project.Assemblies)
        {
            if (other.Owner != AssemblyOwner.Framework && !assemblies.Contains(other))
            {
                own.ExceptWith(Namespaces(other.Path));
            }
        }

        // What the framework has too, a using directive keeps when the package goes.
        own.RemoveWhere(static space => space is "System" or "Microsoft" || (space.StartsWith("System.", StringComparison.Ordinal) && space.Count(static c => c == '.') == 1));
        _sourceTexts ??= ReadTexts(_sources);
        _otherTexts ??= ReadTexts(_texts.Where(static path => TextExtensions.Contains(Path.GetExtension(path)) && !Path.GetFileName(path).EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase)));
        return own.Any(space => _imports.Contains(space, StringComparer.OrdinalIgnoreCase) || _sourceTexts.Exists(text => ContainsName(text, space)) || _otherTexts.Exists(text => ContainsName(text, space)))
            || _otherTexts.Exists(text => text.Contains(id, StringComparison.OrdinalIgnoreCase) || assemblies.Any(assembly => text.Contains(assembly.Name, StringComparison.OrdinalIgnoreCase)));
    }

    private static bool ContainsName(string text, string name)
    {
        for (int at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            bool begins = at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '.');
            int end = at + name.Length;
            if (begins && (end == text.Length || !(char.IsLetterOrDigit(text[end]) || text[end] == '_')))
            {
                return true;
            }
        }

        return false;
    }

    private HashSet<string> Namespaces(string assembly)
    {
        if (!_namespaces.TryGetValue(assembly, out HashSet<string>? spaces))
        {
            _namespaces[assembly] = spaces = Read(assembly, static metadata => metadata.TypeDefinitions
                .Select(metadata.GetTypeDefinition)
                .Where(static type => (type.Attributes & System.Reflection.TypeAttributes.VisibilityMask) == System.Reflection.TypeAttributes.Public && !type.Namespace.IsNil)
                .Select(static type => type.Namespace)
                .Distinct()
                .Select(metadata.GetString));
        }

        return spaces;
    }

    private static HashSet<string> Read(string path, Func<MetadataReader, IEnumerable<string>> read)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            using var image = new PEReader(stream);
            return image.HasMetadata ? [.. read(image.GetMetadataReader())] : [];
        }
        catch (Exception exception) when (AssemblyFactsReader.IsDamage(exception) || exception is IOException or UnauthorizedAccessException)
        {
            // No evidence can be had from it; the compiler has read it a moment ago, so this is another process replacing it.
            return [];
        }
    }

    private static List<string> ReadTexts(IEnumerable<string> files)
    {
        var texts = new List<string>();
        foreach (string file in files)
        {
            try
            {
                var info = new FileInfo(file);
                if (info.Exists && info.Length <= MaximumText)
                {
                    texts.Add(File.ReadAllText(file));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next build sees it.
            }
        }

        return texts;
    }

    private static string FullName(string space, string name) => space.Length > 0 ? $"{space}.{name}" : name;
}
