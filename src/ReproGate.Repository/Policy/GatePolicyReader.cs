using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ReproGate.Facts;

namespace ReproGate.Repository.Policy;

/// <summary>
/// Finds what a repository says about its own gates: in MSBuild files, .editorconfig and .globalconfig, the allow list and the baseline, and by which
/// files there are. Texts are read as they stand, nothing is evaluated: a switch under a condition is a switch.
/// </summary>
public static partial class GatePolicyReader
{
    private const string SdkName = "ReproGate.Sdk";

    /// <summary>Properties that must be true, where they are said at all.</summary>
    private static readonly string[] MustBeTrue =
    [
        "ReproGateEnabled", "ReproGateLockedRestoreEnabled", "ReproGatePackagesEnabled", "ReproGateConfigurationEnabled", "ReproGateMachineEnabled", "ReproGateCleanRoomEnabled",
        "RestorePackagesWithLockFile", "RestoreLockedMode",
    ];

    private static readonly string[] Suppressing = ["NoWarn", "MSBuildWarningsAsMessages", "WarningsNotAsErrors", "MSBuildWarningsNotAsErrors"];

    private static readonly XmlReaderSettings XmlSettings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>Whether a file may say anything about gates.</summary>
    /// <param name="file">Its path relative to the root, with <c>/</c>.</param>
    public static bool Speaks(string file) => IsMSBuild(file) || IsAnalyzerConfig(file) || file is "reprogate.allow.json" or Baseline.FileName or "reprogate.env.json";

    /// <summary>Reads a state.</summary>
    /// <param name="state">Its files.</param>
    public static GatePolicy Read(RepositoryState state)
    {
        var statements = ImmutableArray.CreateBuilder<PolicyStatement>();
        foreach (string file in state.Files.Order(StringComparer.Ordinal))
        {
            if (file.EndsWith("/packages.lock.json", StringComparison.Ordinal) || file == "packages.lock.json")
            {
                statements.Add(new PolicyStatement(PolicyKind.LockFile, file, file, 0, "locks the packages of the project beside it", 0));
            }
            else if (file is "reprogate.lock.json" or "reprogate.env.json")
            {
                statements.Add(new PolicyStatement(PolicyKind.ReproGateFile, file, file, 0, file == "reprogate.env.json" ? "declares the environments" : "locks MSBuild SDKs, tools and packs", 0));
            }

            if (state.Contents.TryGetValue(file, out ReadOnlyMemory<byte> content))
            {
                statements.AddRange(
                    IsMSBuild(file) ? ReadMSBuild(file, content)
                    : IsAnalyzerConfig(file) ? ReadAnalyzerConfig(file, content.Span)
                    : file == "reprogate.allow.json" ? ReadAllowList(file, content.Span)
                    : file == Baseline.FileName ? ReadBaseline(file, content.Span)
                    : []);
            }
        }

        bool locksElsewhere = statements.Any(static statement => statement.Kind == PolicyKind.LockFile && statement.Line > 0);
        statements.RemoveAll(statement => statement.Kind == PolicyKind.LockFile && (statement.Line > 0 || locksElsewhere));
        return new GatePolicy(state.Files, statements.ToImmutable());
    }

    private static IEnumerable<PolicyStatement> ReadMSBuild(string file, ReadOnlyMemory<byte> content)
    {
        XDocument document;
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(content.ToArray()), XmlSettings);
            document = XDocument.Load(reader, LoadOptions.SetLineInfo);
        }
        catch (XmlException)
        {
            // MSBuild does not read it either, and says where.
            yield break;
        }

        foreach (XElement element in document.Descendants())
        {
            var at = (IXmlLineInfo)element;
            (string name, string value) = (element.Name.LocalName, element.Value.Trim());
            string[] sdks = [.. new[] { "Sdk", "Name" }.Where(attribute => attribute == "Sdk" || name == "Sdk").Select(attribute => (string?)element.Attribute(attribute) ?? "").SelectMany(static text => text.Split(';')).Select(static text => text.Split('/')[0].Trim())];
            if (name is "Project" or "Sdk" or "Import" && sdks.Contains(SdkName, StringComparer.OrdinalIgnoreCase))
            {
                yield return new PolicyStatement(PolicyKind.SdkReference, file, SdkName, 0, $"refers to {SdkName}", at.LineNumber, Column(at));
            }

            if (element.Parent?.Name.LocalName != "PropertyGroup" || value.Length == 0)
            {
                continue;
            }

            if (name.Equals("NuGetLockFilePath", StringComparison.OrdinalIgnoreCase))
            {
                // The files' names say nothing then.
                yield return new PolicyStatement(PolicyKind.LockFile, file, name, 0, "", at.LineNumber);
            }
            else if (Suppressing.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                foreach (Match rule in RuleId().Matches(value))
                {
                    yield return new PolicyStatement(PolicyKind.Suppression, file, $"{rule.Value.ToUpperInvariant()} in {name}", 0, $"suppresses {rule.Value.ToUpperInvariant()} by {name}", at.LineNumber, Column(at));
                }
            }
            else if (Looseness(name, value) is { } looseness)
            {
                yield return new PolicyStatement(PolicyKind.Switch, file, name, looseness, $"sets {name} to {Shown(value)}", at.LineNumber, Column(at));
            }
        }
    }

    /// <summary>How much a property's value loosens; null where it does not.</summary>
    private static int? Looseness(string name, string value)
    {
        if (MustBeTrue.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return value.Equals("true", StringComparison.OrdinalIgnoreCase) ? null : 0;
        }

        return name.ToUpperInvariant() switch
        {
            "REPROGATEMODE" => value.Equals("enforce", StringComparison.OrdinalIgnoreCase) ? null : 0,
            "RESTOREFORCEEVALUATE" => value.Equals("true", StringComparison.OrdinalIgnoreCase) ? 0 : null,
            "REPROGATECOOLDOWNDAYS" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int days) ? (days < 7 ? 7 - days : null) : 7,
            "REPROGATECOOLDOWNEXEMPTSOURCES" => 0,
            _ => null,
        };
    }

    private static IEnumerable<PolicyStatement> ReadAnalyzerConfig(string file, ReadOnlySpan<byte> content)
    {
        var found = new List<PolicyStatement>();
        string section = "";
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(content).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (Section().Match(line) is { Success: true } header)
            {
                section = header.Groups[1].Value;
            }
            else if (SeverityLine().Match(line) is { Success: true } match
                && RuleCatalog.Find(match.Groups["id"].Value) is { } rule
                && SeverityOf(match.Groups["value"].Value.ToLowerInvariant()) is { } severity
                && severity < rule.DefaultSeverity)
            {
                found.Add(new PolicyStatement(PolicyKind.Severity, file, $"{rule.Id} in [{section}]", rule.DefaultSeverity - severity, $"lowers {rule.Id} to {match.Groups["value"].Value}", number, match.Groups["key"].Index + 1));
            }
        }

        return found;
    }

    private static Severity? SeverityOf(string word) => word switch
    {
        "none" or "silent" or "refactoring" => Severity.None,
        "suggestion" => Severity.Info,
        "warning" => Severity.Warning,
        "error" => Severity.Error,
        _ => null,
    };

    private static IEnumerable<PolicyStatement> ReadAllowList(string file, ReadOnlySpan<byte> content)
    {
        string text = Encoding.UTF8.GetString(content);
        return [.. AllowListReader.Parse(file, content, out _).Entries.Select(entry =>
            new PolicyStatement(PolicyKind.AllowedInput, file, $"{entry.Kind} {entry.Pattern} {entry.Version}".TrimEnd(), entry.Until?.DayNumber ?? 0, $"allows the {Word(entry.Kind)} {Shown(entry.Pattern)}{(entry.Until is { } day ? $" until {day:yyyy-MM-dd}" : "")}", LineOf(text, entry.Pattern)))];
    }

    private static string Word(AllowedKind kind) => kind.ToString().ToLowerInvariant();

    private static IEnumerable<PolicyStatement> ReadBaseline(string file, ReadOnlySpan<byte> content) =>
        [.. BaselineFile.Parse(file, content, out _).Entries.Select(entry =>
            new PolicyStatement(PolicyKind.AcceptedFinding, file, entry.Fingerprint, entry.Expires.DayNumber, $"accepts {entry.Rule} ({Shown(entry.Subject)}) until {entry.Expires:yyyy-MM-dd}", entry.Location.Line, Math.Max(1, entry.Location.Column)))];

    /// <summary>The line that names a text, or the first.</summary>
    private static int LineOf(string content, string text)
    {
        int at = content.IndexOf($"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal)}\"", StringComparison.Ordinal);
        return at < 0 ? 1 : content.AsSpan(0, at).Count('\n') + 1;
    }

    private static bool IsMSBuild(string file) => Path.GetExtension(file).ToLowerInvariant() is ".props" or ".targets" or ".csproj" or ".fsproj" or ".vbproj" or ".proj";

    private static bool IsAnalyzerConfig(string file) => Path.GetFileName(file) is ".editorconfig" or ".globalconfig" || Path.GetExtension(file).Equals(".globalconfig", StringComparison.OrdinalIgnoreCase);

    private static int Column(IXmlLineInfo at) => Math.Max(1, at.LinePosition - 1);

    private static string Shown(string text) => new([.. text.Take(80).Select(static letter => char.IsControl(letter) ? ' ' : letter)]);

    [GeneratedRegex(@"\bRGATE\d{4}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RuleId();

    [GeneratedRegex(@"^\s*\[(.*)\]\s*([#;].*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\s*(?<key>dotnet_diagnostic\.(?<id>RGATE\d{4})\.severity)\s*[=:]\s*(?<value>[A-Za-z]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SeverityLine();
}
