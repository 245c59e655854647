using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Repository.Machine;

/// <summary>Finds the programs that the repository's own targets run with Exec.</summary>
public static partial class ProgramsReader
{
    private const long MaxPackageJson = 4 * 1024 * 1024;

    // Targets that MSBuild calls by name, for projects to fill.
    private static readonly HashSet<string> Overridden = new(StringComparer.OrdinalIgnoreCase)
    {
        "BeforeBuild", "AfterBuild", "BeforeRebuild", "AfterRebuild", "BeforeCompile", "AfterCompile", "BeforePublish", "AfterPublish", "BeforeResolveReferences", "AfterResolveReferences", "BeforeResGen", "AfterResGen", "Build", "Rebuild", "Compile", "Restore", "Publish", "Pack", "Test", "VSTest",
    };

    /// <summary>Every program of a target that a build reaches and whose conditions hold; a word that only the build itself can resolve is left out.</summary>
    /// <param name="own">The repository's own files.</param>
    /// <param name="project">The evaluation.</param>
    /// <param name="projectPath">Absolute path of the project: commands run in its folder.</param>
    /// <param name="territory">Where programs may come from.</param>
    public static ImmutableArray<ProgramRun> Read(RepositoryFiles own, IEvaluatedProject project, string projectPath, Territory territory)
    {
        string projectDirectory = Path.GetDirectoryName(projectPath)!;
        HashSet<string>? reached = null;
        var runs = ImmutableArray.CreateBuilder<ProgramRun>();
        foreach ((ProjectElement exec, string target) in Execs(own))
        {
            reached ??= Reached(own);
            if (!reached.Contains(target) || exec.Conditions.Any(condition => project.Holds(OnceWhereMissing().Replace(condition, "true")) == false) || (project.Imports is null && !exec.Conditions.IsEmpty))
            {
                continue;
            }

            ProjectAttribute command = exec.Attribute("Command")!;
            string? directory = exec["WorkingDirectory"] is { Length: > 0 } written
                ? OwnFiles.Expand(project, written, command.Location.File) is { Length: > 0 } expanded ? OwnFiles.Absolute(expanded, projectDirectory) : null
                : projectDirectory;
            foreach (ImmutableArray<string> words in CommandText.Commands(command.Value))
            {
                if (words[0].ToLowerInvariant() is "cd" or "pushd" or "chdir")
                {
                    directory = words.Length > 1 && directory is not null && OwnFiles.Expand(project, words[^1], command.Location.File) is { Length: > 0 } there ? OwnFiles.Absolute(there, directory) : null;
                }
                else if (Run(words, command.Location, directory, project, territory) is { } run)
                {
                    runs.Add(run);
                }
            }
        }

        return runs.ToImmutable();
    }

    private static ProgramRun? Run(ImmutableArray<string> words, SourceLocation at, string? directory, IEvaluatedProject project, Territory territory)
    {
        string word = words[0];
        IEnumerable<string> rest = words.Skip(1);
        if (word.Contains("$(", StringComparison.Ordinal))
        {
            // A path that begins with a property without value would look absolute.
            if (word.StartsWith("$(", StringComparison.Ordinal) && OwnFiles.Expand(project, word[..(EndOfReference(word) + 1)], at.File) is not { Length: > 0 })
            {
                return null;
            }

            string? expanded = OwnFiles.Expand(project, word, at.File);
            if (expanded is null || (!Path.IsPathFullyQualified(expanded) && expanded.Any(char.IsWhiteSpace)))
            {
                // A whole command in a property.
                ImmutableArray<string>[] inner = [.. CommandText.Commands(expanded ?? "")];
                if (inner.Length == 0)
                {
                    return null;
                }

                rest = inner[0].Skip(1).Concat(rest);
                expanded = inner[0][0];
            }

            word = expanded;
        }

        word = word.Trim().Trim('"', '\'');
        // What is left of these is the shell's or the running build's to resolve.
        if (word.Length == 0 || word.AsSpan().ContainsAny("$%@`*?<>()^") || word.StartsWith('-'))
        {
            return null;
        }

        bool rooted = Path.IsPathRooted(word) || word.StartsWith("~/", StringComparison.Ordinal) || (word.Length > 2 && word[1] == ':' && word[2] is '\\' or '/');
        bool climbs = !rooted && word.StartsWith("..", StringComparison.Ordinal) && directory is not null;
        string? path = rooted && Path.IsPathFullyQualified(word) ? Path.GetFullPath(word) : climbs ? OwnFiles.Absolute(word, directory!) : null;
        string? folder = directory is not null && Territory.IsBelow(directory, territory.RepositoryRoot) ? directory : null;
        return new ProgramRun(word, string.Join(' ', words), [.. rest.Select(argument => argument.Contains("$(", StringComparison.Ordinal) ? OwnFiles.Expand(project, argument, at.File) is { Length: > 0 } value ? value : "$" : argument)], at)
        {
            IsOutside = (path is not null && BuildFolders.IsOutside(territory, path)) || (rooted && path is null && OperatingSystem.IsWindows() == word.Contains('\\')),
            ManifestCommands = Manifests(folder ?? territory.RepositoryRoot, territory.RepositoryRoot),
            Node = NodePackageOf(folder ?? territory.RepositoryRoot, territory.RepositoryRoot),
        };
    }

    private static int EndOfReference(string word)
    {
        int depth = 0;
        for (int i = 0; i < word.Length; i++)
        {
            depth += word[i] == '(' ? 1 : word[i] == ')' ? -1 : 0;
            if (word[i] == ')' && depth == 0)
            {
                return i;
            }
        }

        return word.Length - 1;
    }

    private static IEnumerable<(ProjectElement Exec, string Target)> Execs(RepositoryFiles own)
    {
        foreach (ProjectFileText file in own.Files)
        {
            string target = "";
            foreach (ProjectElement element in file.Elements)
            {
                if (element.Parent == "Project")
                {
                    target = element.Name == "Target" ? element["Name"] : "";
                }
                else if (target.Length > 0 && element is { Name: "Exec", Parent: "Target" } && element["Command"].Length > 0)
                {
                    yield return (element, target);
                }
            }
        }
    }

    /// <summary>
    /// The targets that run without being asked for by name: hooked to others, called by a reached one, or named in a property that lists targets.
    /// What a person starts by hand (-t:Something) is no part of the build.
    /// </summary>
    internal static HashSet<string> Reached(RepositoryFiles own)
    {
        ProjectElement[] targets = [.. own.Elements.Where(static element => element is { Name: "Target", Parent: "Project" } && element["Name"].Length > 0)];
        var names = new HashSet<string>(targets.Select(static target => target["Name"]), StringComparer.OrdinalIgnoreCase);
        var reached = new HashSet<string>(names.Where(Overridden.Contains), StringComparer.OrdinalIgnoreCase);
        foreach (ProjectElement element in own.Elements)
        {
            if (element is { Name: "Project", Parent: "" })
            {
                reached.UnionWith(Names($"{element["InitialTargets"]};{element["DefaultTargets"]}"));
            }
            else if (element.Parent == "PropertyGroup" && (element.Name.EndsWith("DependsOn", StringComparison.OrdinalIgnoreCase) || element.Name.EndsWith("Targets", StringComparison.OrdinalIgnoreCase)))
            {
                reached.UnionWith(Names(element.Text));
            }
        }

        bool grew = true;
        while (grew)
        {
            int before = reached.Count;
            foreach (ProjectElement target in targets)
            {
                if (Names($"{target["BeforeTargets"]};{target["AfterTargets"]}").Any(hook => !names.Contains(hook) || reached.Contains(hook)))
                {
                    reached.Add(target["Name"]);
                }

                if (reached.Contains(target["Name"]))
                {
                    reached.UnionWith(Names(target["DependsOnTargets"]));
                }
            }

            string current = "";
            foreach (ProjectElement element in own.Elements)
            {
                current = element is { Name: "Target", Parent: "Project" } ? element["Name"] : current;
                if (element is { Name: "CallTarget" or "MSBuild", Parent: "Target" } && reached.Contains(current))
                {
                    reached.UnionWith(Names(element["Targets"]));
                }
            }

            grew = reached.Count > before;
        }

        return reached;
    }

    private static string[] Names(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static ImmutableArray<string> Manifests(string folder, string root) =>
        [.. Above(folder, root).SelectMany(static directory => ToolManifestReader.Names.Select(name => Path.Combine(directory, name))).SelectMany(static manifest => ToolManifestReader.ReadCommands(manifest))];

    private static NodePackage? NodePackageOf(string folder, string root)
    {
        NodePackage? nearest = null;
        foreach (string directory in Above(folder, root))
        {
            string path = Path.Combine(directory, "package.json");
            bool exists = File.Exists(path);
            bool names = (exists && NamesVersion(path)) || Array.Exists([".nvmrc", ".node-version", ".tool-versions", "mise.toml"], name => File.Exists(Path.Combine(directory, name)));
            nearest = exists ? nearest ?? new NodePackage(path, false) : nearest;
            if (nearest is not null && names)
            {
                return nearest with { NamesVersion = true };
            }
        }

        return nearest;
    }

    private static bool NamesVersion(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxPackageJson)
            {
                return true;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path).AsMemory(), new JsonDocumentOptions { MaxDepth = 64, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.EnumerateObject().Any(static member => member.Name is "engines" or "packageManager" or "devEngines" or "volta");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // npm will complain of the file itself.
            return true;
        }
    }

    private static IEnumerable<string> Above(string folder, string root)
    {
        for (string? current = Path.TrimEndingDirectorySeparator(folder); current is not null && Territory.IsBelow(current, root); current = Path.GetDirectoryName(current))
        {
            yield return current;
        }
    }

    /// <summary>"Run it where its result is missing": the result is there once it ran, and a fresh checkout has none.</summary>
    [GeneratedRegex(@"!\s*Exists\(\s*'[^']*'\s*\)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OnceWhereMissing();
}
