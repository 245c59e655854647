using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>Concludes from what differs, and from the machines, why. It reads nothing and prefers <see cref="CauseClass.Unknown"/> to a guess.</summary>
public static partial class CauseClassifier
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>The class of one part, and what it was concluded from.</summary>
    /// <param name="part">What differs.</param>
    /// <param name="left">The machine of the first build.</param>
    /// <param name="right">The machine of the second build.</param>
    /// <param name="variations">The variations that make it differ; empty where that is not known.</param>
    /// <param name="isFlaky">Whether it differs with nothing varied.</param>
    public static (CauseClass Class, string Evidence) Classify(DifferencePart part, BuildMachine left, BuildMachine right, ImmutableArray<string> variations, bool isFlaky)
    {
        if (ByKind(part, variations, isFlaky) is { } byKind)
        {
            return byKind;
        }

        if (ByValue(part.Left, part.Right, left, right, part.Kind) is { } byValue)
        {
            return byValue;
        }

        return variations is [var only] && ByVariation(only) is { } byVariation
            ? (byVariation, $"the {only} alone, varied, makes it differ")
            : isFlaky ? (CauseClass.Random, "it differs between two builds of which nothing was varied") : (CauseClass.Unknown, "");
    }

    /// <summary>The class that the source of a value betrays: the expression of a property, or a command; null where it betrays none.</summary>
    /// <param name="expression">The text as it stands in the project.</param>
    public static (CauseClass Class, string Evidence)? ByExpression(string expression)
    {
        foreach ((Regex pattern, CauseClass @class) in Expressions)
        {
            Match match = pattern.Match(expression);
            if (match.Success)
            {
                return (@class, $"its source says {match.Value.Trim()}");
            }
        }

        return null;
    }

    private static readonly ImmutableArray<(Regex Pattern, CauseClass Class)> Expressions =
    [
        (FileTimes(), CauseClass.FileTime),
        (FixedTimes(), CauseClass.TimeZone),
        (Times(), CauseClass.Timestamp),
        (Randoms(), CauseClass.Random),
        (Hosts(), CauseClass.HostName),
        (Users(), CauseClass.UserName),
        (Homes(), CauseClass.HomeFolder),
        (ProcessorCounts(), CauseClass.ProcessorCount),
        (Revisions(), CauseClass.GitMetadata),
        (Folders(), CauseClass.AbsolutePath),
    ];

    private static (CauseClass Class, string Evidence)? ByKind(DifferencePart part, ImmutableArray<string> variations, bool isFlaky)
    {
        switch (part.Kind)
        {
            case PartKinds.Order or PartKinds.EntryOrder:
                return isFlaky
                    ? (CauseClass.Race, "the same things stand in another order, with nothing varied")
                    : variations.Contains("processors") ? (CauseClass.Race, "the same things stand in another order as soon as the number of processors differs")
                    : variations is ["locale"] ? (CauseClass.Culture, "the same things are sorted otherwise in another culture")
                    : (CauseClass.Order, variations.Contains("file order") ? "the same things stand in the order in which the file system lists them" : "the same things stand in another order");
            case PartKinds.Compression:
                return (CauseClass.Compression, "the content is the same and is compressed otherwise");
            case PartKinds.LastModified:
                return (CauseClass.FileTime, "Last-Modified is the modification time of the asset's file");
            case PartKinds.EntryTime:
                return (CauseClass.FileTime, "entries carry the time of the file or of the build");
            case PartKinds.EntryMode or PartKinds.Mode:
                return (CauseClass.FileMode, "modes of files follow the umask");
            case PartKinds.EntryOwner:
                return (CauseClass.UserName, "entries carry the owner of the file");
            case PartKinds.DebugPath or PartKinds.Document:
                return (CauseClass.DebugPath, "the compiler wrote the path where the sources lie");
            case PartKinds.SourceLink:
                return (CauseClass.GitMetadata, "source link names the commit or the remote");
            case PartKinds.LineEnds:
                return (CauseClass.LineEnds, "only line ends differ");
            case PartKinds.PackageId:
                return (CauseClass.Random, "a part is named by lot");
            case PartKinds.ModuleId or PartKinds.PdbId or PartKinds.PeTimestamp or PartKinds.PdbChecksum or PartKinds.PeChecksum:
                return isFlaky ? (CauseClass.NotDeterministic, "the compiler drew the module's id by lot") : (CauseClass.Follows, "ids and time stamps follow from the rest of the content or from the PDB");
            case PartKinds.CompilerReference or PartKinds.AssemblyReference:
                return (CauseClass.Follows, "a referenced assembly differs");
            default:
                return null;
        }
    }

    private static (CauseClass Class, string Evidence)? ByValue(string leftText, string rightText, BuildMachine left, BuildMachine right, string kind)
    {
        foreach (((string Path, string Name) path, string other) in Pairs(left, right))
        {
            if (leftText.Contains(path.Path, StringComparison.Ordinal) && rightText.Contains(other, StringComparison.Ordinal) && !SameWithout(leftText, rightText, path.Path, other))
            {
                return (path.Name == "home" ? CauseClass.HomeFolder : CauseClass.AbsolutePath, $"the value holds the {path.Name}");
            }
        }

        if (left.SourcePath.Length != right.SourcePath.Length && IsPlaceInRazor(leftText, rightText))
        {
            return (CauseClass.AbsolutePath, "Razor names a tag helper by its place in the generated code, where the path of the source stands in front of it, so the length of the build path counts");
        }

        foreach ((string name, string value, string other) in left.Variables.Concat(right.Variables).Select(static variable => variable.Key).Distinct(StringComparer.Ordinal).Select(name => (name, Variable(left, name), Variable(right, name))).OrderByDescending(static variable => Math.Max(variable.Item2.Length, variable.Item3.Length)))
        {
            // Where only one machine has the variable, its value stands on that side and not on the other.
            if (value != other && (value.Length == 0 || Holds(leftText, value)) && (other.Length == 0 || Holds(rightText, other))
                && !(value.Length == 0 && Holds(leftText, other)) && !(other.Length == 0 && Holds(rightText, value)))
            {
                return (CauseClass.EnvironmentVariable, $"the value is that of the environment variable {name}");
            }
        }

        if (Machine(left.User, right.User))
        {
            return (CauseClass.UserName, "the value holds the user's name");
        }

        if (Machine(left.HostName, right.HostName))
        {
            return (CauseClass.HostName, "the value holds the machine's name");
        }

        if (Machine(left.Locale, right.Locale) || Machine(left.Locale.Split('.')[0], right.Locale.Split('.')[0]))
        {
            return (CauseClass.Culture, "the value names the locale");
        }

        if (Machine(left.TimeZone, right.TimeZone))
        {
            return (CauseClass.TimeZone, "the value names the time zone");
        }

        if (left.Processors > 0 && left.Processors != right.Processors && leftText.Trim() == left.Processors.ToString(CultureInfo.InvariantCulture) && rightText.Trim() == right.Processors.ToString(CultureInfo.InvariantCulture))
        {
            return (CauseClass.ProcessorCount, "the value is the number of processors");
        }

        if (GuidText().Match(leftText) is { Success: true } leftGuid && GuidText().Match(rightText) is { Success: true } rightGuid && leftGuid.Value != rightGuid.Value)
        {
            return (CauseClass.Random, "the value is a Guid");
        }

        if (Revision(leftText, rightText) is { } revision)
        {
            return revision;
        }

        if (CultureOf(leftText, rightText) is { } culture)
        {
            return culture;
        }

        return Time(leftText, rightText, left, right, kind);

        bool Machine(string value, string other) => value.Length > 0 && value != other && Holds(leftText, value) && Holds(rightText, other);
    }

    /// <summary>Whether two texts are ids that Razor made for the same tag helper: the checksum of the source, and then a place that is not the same.</summary>
    internal static bool IsPlaceInRazor(string left, string right) =>
        RazorId().Match(left) is { Success: true } one && RazorId().Match(right) is { Success: true } other && one.Groups[1].Value == other.Groups[1].Value && one.Groups[2].Value != other.Groups[2].Value;

    [GeneratedRegex("^\"?([0-9a-f]{64})([0-9]{1,9})\"?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RazorId();

    private static (CauseClass Class, string Evidence)? Time(string leftText, string rightText, BuildMachine left, BuildMachine right, string kind)
    {
        if (TimeText.First(leftText) is not { } leftTime || TimeText.First(rightText) is not { } rightTime)
        {
            return kind == PartKinds.AssemblyIdentity && AutomaticVersion(leftText, rightText) ? (CauseClass.Timestamp, "the version counts the days and seconds since 2000") : null;
        }

        TimeSpan distance = (leftTime.UtcDateTime - rightTime.UtcDateTime).Duration();
        TimeSpan written = (leftTime.DateTime - rightTime.DateTime).Duration();
        bool zones = left.TimeZone != right.TimeZone;
        // The same moment in two zones: hours apart by whole quarters, as zones are, to the second.
        if (zones && (distance == TimeSpan.Zero && written > TimeSpan.Zero || distance >= Quarter && distance <= TimeSpan.FromHours(26) && distance.Ticks % Quarter.Ticks == 0))
        {
            return (CauseClass.TimeZone, "the values are one moment in two time zones");
        }

        return distance > TimeSpan.Zero || leftText != rightText ? (CauseClass.Timestamp, "the value is a time") : null;
    }

    // A commit on both sides, or on one only.
    private static (CauseClass Class, string Evidence)? Revision(string left, string right)
    {
        Match leftMatch = CommitSuffix().Match(left), rightMatch = CommitSuffix().Match(right);
        if (leftMatch.Success != rightMatch.Success && CommitSuffix().Replace(left, "") == CommitSuffix().Replace(right, ""))
        {
            return (CauseClass.GitMetadata, "one build knew the commit and the other did not");
        }

        return leftMatch.Success && rightMatch.Success && leftMatch.Value != rightMatch.Value && CommitSuffix().Replace(left, "") == CommitSuffix().Replace(right, "")
            ? (CauseClass.GitMetadata, "the value is a commit")
            : null;
    }

    private static (CauseClass Class, string Evidence)? CultureOf(string left, string right)
    {
        if (left.Any(char.IsAsciiDigit) && Digits(left) == Digits(right) && Separators().Replace(left, "") == Separators().Replace(right, ""))
        {
            return (CauseClass.Culture, "the same number is written with other separators");
        }

        return left != right && string.Equals(Folded(left), Folded(right), StringComparison.Ordinal) && (left + right).AsSpan().IndexOfAny('ı', 'İ') >= 0
            ? (CauseClass.Culture, "letters change case by the rules of another language")
            : null;

        static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

        static string Folded(string text) => text.Replace('ı', 'i').Replace('İ', 'i').ToLowerInvariant();
    }

    private static CauseClass? ByVariation(string variation) => variation switch
    {
        "path" or "temporary folder" or "packages folder" => CauseClass.AbsolutePath,
        "home" => CauseClass.HomeFolder,
        "user" => CauseClass.UserName,
        "host name" => CauseClass.HostName,
        "time zone" => CauseClass.TimeZone,
        "clock" => CauseClass.Timestamp,
        "locale" => CauseClass.Culture,
        "umask" => CauseClass.FileMode,
        "processors" => CauseClass.ProcessorCount,
        "variables" => CauseClass.EnvironmentVariable,
        "file order" => CauseClass.Order,
        "file times" => CauseClass.FileTime,
        "git configuration" => CauseClass.GitMetadata,
        _ => null,
    };

    private static IEnumerable<((string Path, string Name) Left, string Right)> Pairs(BuildMachine left, BuildMachine right) =>
        from leftPath in left.Paths
        join rightPath in right.Paths on leftPath.Name equals rightPath.Name
        where leftPath.Path != rightPath.Path
        select (leftPath, rightPath.Path);

    // Where both sides name the same path although the machines differ, the path is not what differs.
    private static bool SameWithout(string left, string right, string leftPath, string rightPath) => left == right || (left.Contains(rightPath, StringComparison.Ordinal) && right.Contains(leftPath, StringComparison.Ordinal));

    private static string Variable(BuildMachine machine, string name) => machine.Variables.FirstOrDefault(variable => variable.Key == name).Value ?? "";

    // One letter proves nothing, and a short value has to stand by itself.
    private static bool Holds(string text, string value) => value.Length > 1 && (value.Length >= CanarySearch.ShortestValue
        ? text.Contains(value, StringComparison.Ordinal)
        : text.Trim('"', ' ', '\n').Equals(value, StringComparison.Ordinal));

    private static bool AutomaticVersion(string left, string right) =>
        VersionText().Match(left) is { Success: true } leftVersion && VersionText().Match(right) is { Success: true } rightVersion
        && leftVersion.Groups[1].Value == rightVersion.Groups[1].Value && int.TryParse(leftVersion.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days is > 8000 and < 16000
        && leftVersion.Value != rightVersion.Value;

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(?<![0-9a-fA-F])[0-9a-fA-F]{32}(?![0-9a-fA-F])")]
    private static partial Regex GuidText();

    [GeneratedRegex(@"\+?(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")]
    private static partial Regex CommitSuffix();

    [GeneratedRegex("[.,'’\u00A0\u202F ]")]
    private static partial Regex Separators();

    [GeneratedRegex(@"Version=(\d+\.\d+)\.(\d+)\.\d+")]
    private static partial Regex VersionText();

    [GeneratedRegex(@"\b(ModifiedTime|CreatedTime|AccessedTime|GetLastWriteTime(Utc)?)\b|\bstat -c|\bdate -r\b")]
    private static partial Regex FileTimes();

    // A moment that is given, written by the clock of the wall.
    [GeneratedRegex(@"\bdate\s+(-d\s*|--date[= ])['""]?@|\bToLocalTime\b|\bLocalDateTime\b")]
    private static partial Regex FixedTimes();

    [GeneratedRegex(@"\bDate(Time(Offset)?)?\]?::(Utc)?(Now|Today)|(^|[\s;&|`(])date(?=[\s>;&|`)+]|$)|\bGet-Date\b|%(DATE|TIME)%|\bStopwatch\b|\bTickCount")]
    private static partial Regex Times();

    [GeneratedRegex(@"\bGuid\]?::NewGuid|\bGetRandomFileName|\bGetTempFileName|\$RANDOM\b|%RANDOM%|\buuidgen\b|\bmktemp\b|/dev/u?random|/random/uuid|\bopenssl rand\b|\bNew-Guid\b|\$\$(?![A-Za-z{(])|\bProcessId\b")]
    private static partial Regex Randoms();

    [GeneratedRegex(@"\bMachineName\b|\$\((COMPUTERNAME|HOSTNAME)\)|\bhostname\b|\buname\b|%COMPUTERNAME%|\$\{?HOSTNAME\b")]
    private static partial Regex Hosts();

    [GeneratedRegex(@"\bUserName\b|\bUserDomainName\b|\$\((USERNAME|USER|LOGNAME)\)|\bwhoami\b|\bid -un\b|%USERNAME%|\$\{?(USER|LOGNAME)\b")]
    private static partial Regex Users();

    [GeneratedRegex(@"\$\((HOME|USERPROFILE)\)|\bSpecialFolder|\$\{?HOME\b|%USERPROFILE%")]
    private static partial Regex Homes();

    [GeneratedRegex(@"\bProcessorCount\b|\bnproc\b|\$\(NUMBER_OF_PROCESSORS\)")]
    private static partial Regex ProcessorCounts();

    [GeneratedRegex(@"\bSourceRevisionId\b|\bgit (rev-parse|describe|log|show)\b")]
    private static partial Regex Revisions();

    [GeneratedRegex(@"\$\((MSBuildProjectDirectory|MSBuildThisFileDirectory|MSBuildProjectFullPath|MSBuildStartupDirectory|NuGetPackageRoot|SolutionDir)\)|\bpwd\b|\bGetTempPath\b|%CD%|\bFullPath\b")]
    private static partial Regex Folders();
}
