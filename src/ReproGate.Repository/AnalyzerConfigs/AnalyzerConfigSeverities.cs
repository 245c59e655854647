using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ReproGate.Repository.AnalyzerConfigs;

/// <summary>
/// Severities of <c>dotnet_diagnostic.&lt;id&gt;.severity</c> in .editorconfig and .globalconfig files, read by Roslyn itself.
/// Creating one loads Microsoft.CodeAnalysis, so it is done only when there is a finding to judge.
/// </summary>
/// <remarks>
/// A severity counts when its section matches the finding's own file, or else a source file in the project's folder, because people write
/// severities under <c>[*.cs]</c>; a global configuration comes last. <c>dotnet_analyzer_diagnostic.severity</c> and its categories are
/// about analyzers and do not touch ReproGate: silencing all code-style rules must not open a gate.
/// </remarks>
public sealed class AnalyzerConfigSeverities
{
    // Far beyond any configuration a person writes; a longer file is passed over, which leaves the default, louder severity.
    private const long MaximumLength = 4 * 1024 * 1024;

    private readonly AnalyzerConfigSet _set;
    private readonly string _sourceFile;

    private AnalyzerConfigSeverities(AnalyzerConfigSet set, string sourceFile)
    {
        _set = set;
        _sourceFile = sourceFile;
    }

    /// <summary>Reads the configuration that speaks for a project and the files of its findings.</summary>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="repositoryRoot">The repository's root; files beyond it are not looked for.</param>
    /// <param name="files">Absolute paths of the findings' files.</param>
    /// <param name="named">Configuration files the build names itself.</param>
    public static AnalyzerConfigSeverities Load(string projectPath, string repositoryRoot, IEnumerable<string> files, IEnumerable<string> named)
    {
        string projectFolder = Path.GetDirectoryName(projectPath)!;
        IEnumerable<string> folders = files.Select(Path.GetDirectoryName).OfType<string>().Prepend(projectFolder);
        var configurations = new List<AnalyzerConfig>();
        foreach (string path in AnalyzerConfigFiles.Find(folders, repositoryRoot, named))
        {
            if (Read(path) is { } text)
            {
                configurations.Add(AnalyzerConfig.Parse(text, path));
            }
        }

        string extension = Path.GetExtension(projectPath).ToLowerInvariant() switch
        {
            ".fsproj" => ".fs",
            ".vbproj" => ".vb",
            _ => ".cs",
        };
        return new AnalyzerConfigSeverities(AnalyzerConfigSet.Create(configurations, out _), Path.Combine(projectFolder, "Source" + extension));
    }

    /// <summary>The severity configured for a rule at a file; null where nothing or <c>default</c> is configured.</summary>
    public Severity? Find(string ruleId, string file) =>
        FromSections(ruleId, file) is { } own ? own.Value
        : FromSections(ruleId, _sourceFile) is { } source ? source.Value
        : _set.GlobalConfigOptions.TreeOptions.TryGetValue(ruleId, out ReportDiagnostic global) ? Map(global)
        : null;

    private Configured? FromSections(string ruleId, string file)
    {
        ImmutableDictionary<string, ReportDiagnostic> options = _set.GetOptionsForSourcePath(file).TreeOptions;
        return options.TryGetValue(ruleId, out ReportDiagnostic value) ? new Configured(Map(value)) : null;
    }

    private static Severity? Map(ReportDiagnostic value) => value switch
    {
        ReportDiagnostic.Error => Severity.Error,
        ReportDiagnostic.Warn => Severity.Warning,
        ReportDiagnostic.Info => Severity.Info,
        ReportDiagnostic.Hidden or ReportDiagnostic.Suppress => Severity.None,
        _ => null,
    };

    private static string? Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaximumLength ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Deleted or locked since it was found: the default severity, the louder one, stays.
            return null;
        }
    }

    /// <summary>An entry that is there, even where it says <c>default</c>: it ends the search.</summary>
    private readonly record struct Configured(Severity? Value);
}
