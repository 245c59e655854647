using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Repository.Machine;

/// <summary>Follows environment variables through properties and items of the repository's own files to what a project's output holds of them.</summary>
public static partial class FrozenVariablesReader
{
    // Each round follows one more assignment; a chain is a handful.
    private const int MaxRounds = 32;

    private static readonly HashSet<string> OfAssembly = new(StringComparer.OrdinalIgnoreCase)
    {
        "Version", "VersionPrefix", "VersionSuffix", "AssemblyVersion", "FileVersion", "InformationalVersion", "SourceRevisionId", "Company", "Product", "Copyright", "Description", "AssemblyTitle", "UserSecretsId",
    };

    // What the SDK writes into runtimeconfig.json.
    private static readonly HashSet<string> OfRuntimeConfig = new(StringComparer.OrdinalIgnoreCase)
    {
        "InvariantGlobalization", "PredefinedCulturesOnly", "ServerGarbageCollection", "ConcurrentGarbageCollection", "RetainVMGarbageCollection", "GarbageCollectionAdaptationMode", "TieredCompilation", "TieredCompilationQuickJit",
        "TieredCompilationQuickJitForLoops", "TieredPGO", "ThreadPoolMinThreads", "ThreadPoolMaxThreads", "UseSystemResourceKeys", "EventSourceSupport", "HttpActivityPropagationSupport", "AutoreleasePoolSupport", "EnableUnsafeUTF7Encoding", "MetadataUpdaterSupport",
    };

    private static readonly HashSet<string> OfStaticAssets = new(StringComparer.OrdinalIgnoreCase) { "StaticWebAssetBasePath", "WasmApplicationEnvironmentName" };

    private static readonly string[] SourceEndings = [".cs", ".vb", ".fs", ".razor", ".cshtml", ".resx"];

    /// <summary>Every variable that reaches the output, once, with the first way found.</summary>
    /// <param name="own">The repository's own files.</param>
    /// <param name="project">The evaluation.</param>
    /// <param name="reads">What <see cref="VariablesReader"/> found.</param>
    /// <param name="isCandidate">Whether a rule could accuse a name.</param>
    public static ImmutableArray<FrozenVariable> Read(RepositoryFiles own, IEvaluatedProject project, ImmutableArray<VariableRead> reads, Func<string, VariableForm, bool, bool> isCandidate)
    {
        var origins = new Dictionary<(string Name, VariableForm Form), Origin>(Names.Instance);
        foreach (VariableRead read in reads)
        {
            origins.TryAdd((read.Name, read.Form), new Origin(read.Name, read.Location, false));
        }

        foreach (ProjectElement overridden in Overridden(own, project, isCandidate))
        {
            origins.TryAdd((overridden.Name, VariableForm.Property), new Origin(overridden.Name, overridden.Location, true));
        }

        return origins.Count == 0 ? [] : new Flow(project, origins).Run(own);
    }

    /// <summary>Defaults that give way to a value, where the environment of this build gives one and nothing else does.</summary>
    private static IEnumerable<ProjectElement> Overridden(RepositoryFiles own, IEvaluatedProject project, Func<string, VariableForm, bool, bool> isCandidate)
    {
        if (project.Imports is null)
        {
            yield break;
        }

        foreach (IGrouping<string, ProjectElement> property in own.Elements.Where(static element => element.Parent == "PropertyGroup").GroupBy(static element => element.Name, StringComparer.OrdinalIgnoreCase))
        {
            string reference = $"$({property.Key})";
            if (!property.All(element => element.Conditions.Any(condition => condition.Contains(reference, StringComparison.OrdinalIgnoreCase)))
                || !isCandidate(property.Key, VariableForm.Property, true)
                || project.GlobalProperties.ContainsKey(property.Key)
                || Variable(property.Key) is not { Length: > 0 } value
                || project.Expand(reference) != value)
            {
                continue;
            }

            var ownPaths = own.Files.Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);
            if (VariablesReader.Given([property.Key], project.Imports.Where(path => !ownPaths.Contains(path))).Count == 0)
            {
                yield return property.First();
            }
        }
    }

    // MSBuild's properties ignore case, variables do not everywhere.
    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Where(entry => name.Equals((string)entry.Key, StringComparison.OrdinalIgnoreCase)).Select(static entry => (string?)entry.Value).FirstOrDefault();

    private sealed record Origin(string Name, SourceLocation Location, bool OverridesDefault);

    /// <summary>One way from a variable to a property or item.</summary>
    private sealed record Way(Origin Origin, ImmutableArray<string> Through)
    {
        public Way Over(string name) => Through.Contains(name, StringComparer.OrdinalIgnoreCase) ? this : this with { Through = Through.Add(name) };
    }

    private sealed class Names : IEqualityComparer<(string Name, VariableForm Form)>
    {
        public static readonly Names Instance = new();

        public bool Equals((string Name, VariableForm Form) x, (string Name, VariableForm Form) y) => x.Form == y.Form && x.Name.Equals(y.Name, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((string Name, VariableForm Form) obj) => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(obj.Name), obj.Form);
    }

    private sealed class Flow(IEvaluatedProject project, Dictionary<(string Name, VariableForm Form), Origin> origins)
    {
        // "$(Name)" or "@(Name)" → variable → the way there.
        private readonly Dictionary<string, Dictionary<string, Way>> _ways = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, bool> _holds = new(StringComparer.Ordinal);

        public ImmutableArray<FrozenVariable> Run(RepositoryFiles own)
        {
            HashSet<string> reached = ProgramsReader.Reached(own);
            Step[] all = [.. own.Files.SelectMany(file => Steps(file, reached))];
            // A project's own property takes the place of the shared one before it, and one of Directory.Build.targets that of both.
            var replacedIn = all.Where(static step => step.Replaces && TurnOf(step.Location.File) is not null)
                .GroupBy(static step => step.Target, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(static same => same.Key, static same => same.Max(static step => TurnOf(step.Location.File)), StringComparer.OrdinalIgnoreCase);
            Step[] steps = [.. all.Where(step => step.InTarget || !step.Target.StartsWith('$') || !(TurnOf(step.Location.File) < replacedIn.GetValueOrDefault(step.Target)))];
            bool grew = true;
            for (int round = 0; grew && round < MaxRounds; round++)
            {
                grew = false;
                foreach (Step step in steps.Where(static step => step.Target.Length > 0))
                {
                    foreach (Way way in WaysInto(step))
                    {
                        if (!_ways.TryGetValue(step.Target, out Dictionary<string, Way>? known))
                        {
                            _ways[step.Target] = known = new Dictionary<string, Way>(StringComparer.OrdinalIgnoreCase);
                        }

                        grew |= known.TryAdd(way.Origin.Name, way.Over(step.Name));
                    }
                }
            }

            var found = new Dictionary<string, FrozenVariable>(StringComparer.OrdinalIgnoreCase);
            foreach (Step step in steps)
            {
                if (step.Into is { } into)
                {
                    foreach (Way way in WaysInto(step))
                    {
                        found.TryAdd(way.Origin.Name, new FrozenVariable(way.Origin.Name, way.Origin.Location, way.Over(step.Name).Through, into, step.Location) { OverridesDefault = way.Origin.OverridesDefault });
                    }
                }
            }

            return [.. found.Values];
        }

        // When a file is evaluated, of those whose place never changes; null of files that are imported somewhere.
        private static int? TurnOf(string file) =>
            file.EndsWith("proj", StringComparison.OrdinalIgnoreCase) ? 1
            : Path.GetFileName(file).ToUpperInvariant() switch { "DIRECTORY.BUILD.PROPS" => 0, "DIRECTORY.BUILD.TARGETS" => 2, _ => null };

        private IEnumerable<Step> Steps(ProjectFileText file, HashSet<string> reached)
        {
            var steps = new List<Step>();
            // By target: how many steps stood before the last one that takes their place.
            var replaced = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            string target = "";
            ProjectElement? task = null;
            foreach (ProjectElement element in file.Elements)
            {
                if (element.Parent == "Project")
                {
                    target = element.Name == "Target" ? element["Name"] : "";
                    task = null;
                }
                else if (element.Parent == "Target")
                {
                    task = element;
                }

                if ((target.Length > 0 && !reached.Contains(target)) || StepOf(Echoed(element, task)) is not { } step)
                {
                    continue;
                }

                // What a later line of the same file replaces without condition decides nothing.
                bool replaces = target.Length == 0 && step.Target.StartsWith('$') && element.Conditions.IsEmpty && !element.Text.Contains(step.Target, StringComparison.OrdinalIgnoreCase);
                if (replaces)
                {
                    replaced[step.Target] = steps.Count;
                }

                steps.Add(step with { Replaces = replaces, InTarget = target.Length > 0 });
            }

            // Once, behind the loop: a generated file may replace thousands of properties.
            return steps.Where((step, index) => index >= replaced.GetValueOrDefault(step.Target));
        }

        private Step? StepOf(ProjectElement element)
        {
            if (element.Parent == "PropertyGroup")
            {
                FrozenInto? into = element.Name.Equals("DefineConstants", StringComparison.OrdinalIgnoreCase) ? FrozenInto.Constant
                    : OfAssembly.Contains(element.Name) ? WhereAssemblyIsDescribed()
                    : OfRuntimeConfig.Contains(element.Name) ? FrozenInto.RuntimeConfig
                    : OfStaticAssets.Contains(element.Name) ? FrozenInto.StaticAsset
                    : null;
                return StepOf($"$({element.Name})", element.Name, into, element);
            }

            if ((element.Parent == "ItemGroup" ? element : element.ParentItem) is { } item)
            {
                string name = item["Include"] is { Length: > 0 } include && !include.AsSpan().ContainsAny("$@%*?;/\\") ? include : item.Name;
                return StepOf($"@({item.Name})", name, IntoOf(item), element);
            }

            return element is { Parent: "Target", Name: "WriteLinesToFile" or "WriteCodeFragment" } && IntoOfFile(element) is { } written ? StepOf("", element.Name, written, element) : null;
        }

        private static Step StepOf(string target, string name, FrozenInto? into, ProjectElement element) => new(target, name, into, element.Location)
        {
            Reads = [.. VariablesReader.Texts(element).Where(static text => !text.IsCondition).SelectMany(static text => ReadsOf(text.Text))],
            Conditions = [.. element.Conditions.Select(static condition => (condition, ReadsOf(condition).ToImmutableArray()))],
        };

        private static IEnumerable<Reference> ReadsOf(string text)
        {
            foreach ((string name, VariableForm form, _) in EnvironmentText.Reads(text))
            {
                yield return new Reference(name, form, form == VariableForm.Property ? $"$({name})" : "");
            }

            if (text.Contains("@(", StringComparison.Ordinal) || text.Contains("%(", StringComparison.Ordinal))
            {
                foreach (Match match in Items().Matches(text))
                {
                    yield return new Reference("", VariableForm.Property, $"@({match.Groups["name"].Value})");
                }
            }
        }

        private FrozenInto? WhereAssemblyIsDescribed() =>
            string.Equals(project.Expand("$(GenerateAssemblyInfo)"), "false", StringComparison.OrdinalIgnoreCase) ? null : FrozenInto.AssemblyAttribute;

        private FrozenInto? IntoOf(ProjectElement item) => item.Name.ToUpperInvariant() switch
        {
            "ASSEMBLYMETADATA" or "ASSEMBLYATTRIBUTE" => WhereAssemblyIsDescribed(),
            "COMPILE" or "EMBEDDEDRESOURCE" => FrozenInto.Source,
            "RUNTIMEHOSTCONFIGURATIONOPTION" => FrozenInto.RuntimeConfig,
            "STATICWEBASSET" => FrozenInto.StaticAsset,
            "CONTENT" when IsServed(item["Include"]) || IsServed(item["Update"]) || IsServed(item["Link"]) => FrozenInto.StaticAsset,
            _ => null,
        };

        private FrozenInto? IntoOfFile(ProjectElement task)
        {
            string written = task[task.Name == "WriteCodeFragment" ? "OutputFile" : "File"];
            string file = OwnFiles.Expand(project, written, task.Location.File) is { Length: > 0 } expanded ? expanded : written;
            return task.Name == "WriteCodeFragment" || SourceEndings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ? FrozenInto.Source
                : file.EndsWith("runtimeconfig.template.json", StringComparison.OrdinalIgnoreCase) ? FrozenInto.RuntimeConfig
                : IsServed(file) || file.Replace('\\', '/').Contains("/wwwroot/", StringComparison.OrdinalIgnoreCase) ? FrozenInto.StaticAsset
                : null;
        }

        private static bool IsServed(string path) => path.StartsWith("wwwroot/", StringComparison.OrdinalIgnoreCase) || path.StartsWith("wwwroot\\", StringComparison.OrdinalIgnoreCase);

        /// <summary>What reaches an element: by its texts, and by conditions that decide whether it counts. One that anything else rules out counts never.</summary>
        private List<Way> WaysInto(Step step)
        {
            var ways = new List<Way>();
            foreach ((string condition, ImmutableArray<Reference> reads) in step.Conditions)
            {
                int before = ways.Count;
                AddWays(reads, ways);
                if (ways.Count == before && !Holds(condition))
                {
                    return [];
                }
            }

            AddWays(step.Reads, ways);
            return ways;
        }

        private void AddWays(ImmutableArray<Reference> reads, List<Way> into)
        {
            foreach (Reference read in reads)
            {
                if (origins.TryGetValue((read.Name, read.Form), out Origin? origin))
                {
                    into.Add(new Way(origin, []));
                }

                if (_ways.TryGetValue(read.Node, out Dictionary<string, Way>? ways))
                {
                    into.AddRange(ways.Values);
                }
            }
        }

        private bool Holds(string condition)
        {
            if (!_holds.TryGetValue(condition, out bool holds))
            {
                _holds[condition] = holds = project.Holds(condition) ?? true;
            }

            return holds;
        }
    }

    /// <summary>An element that gives a property or item a value, or ends in the output, or both.</summary>
    /// <param name="Target">"$(Name)" or "@(Name)"; empty where it gives none.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="Into">What it ends in; null where it does not.</param>
    /// <param name="Location">Its place.</param>
    private sealed record Step(string Target, string Name, FrozenInto? Into, SourceLocation Location)
    {
        /// <summary>What its value is made of.</summary>
        public ImmutableArray<Reference> Reads { get; init; } = [];

        /// <summary>Whether it stands in a target, which runs after all evaluation.</summary>
        public bool InTarget { get; init; }

        /// <summary>Whether it takes the place of every earlier value.</summary>
        public bool Replaces { get; init; }

        /// <summary>What decides whether it counts, each with what it is made of.</summary>
        public ImmutableArray<(string Condition, ImmutableArray<Reference> Reads)> Conditions { get; init; } = [];
    }

    /// <summary>A variable, property or item that a text reads.</summary>
    /// <param name="Name">Name of the variable or property; empty for an item.</param>
    /// <param name="Form">How a variable is read.</param>
    /// <param name="Node">"$(Name)" or "@(Name)"; empty where a property function asks for a variable.</param>
    private readonly record struct Reference(string Name, VariableForm Form, string Node);

    [GeneratedRegex(@"@\(\s*(?<name>[A-Za-z_](?:[A-Za-z0-9_]|-(?!>))*)|%\(\s*(?<name>[A-Za-z_][A-Za-z0-9_\-]*)\.", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Items();
}
