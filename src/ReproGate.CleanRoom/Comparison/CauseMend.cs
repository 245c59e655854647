using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>What to do about a cause.</summary>
internal static class CauseMend
{
    /// <summary>The property that maps the repository's path; a comma or an equals sign in it means something to the compiler unless it is doubled.</summary>
    public const string PathMap = "<PathMap>$(MSBuildThisFileDirectory.Replace(',', ',,').Replace('=', '=='))=/_/</PathMap>";

    /// <summary>The advice for a class of cause.</summary>
    /// <param name="class">The class.</param>
    /// <param name="part">What differs.</param>
    /// <param name="origin">What brought the value in; empty where that is not known.</param>
    /// <param name="task">The task that wrote the output; empty where that is not known.</param>
    public static string Of(CauseClass @class, DifferencePart part, string origin, string task)
    {
        string it = origin.Length > 0 ? origin : "the value";
        return @class switch
        {
            CauseClass.Timestamp => $"Leave {it} out, or take it from the commit: git log -1 --format=%ct, or the variable SOURCE_DATE_EPOCH where it is set.",
            CauseClass.TimeZone => $"Write {it} in UTC: ToUniversalTime() and CultureInfo.InvariantCulture.",
            CauseClass.FileTime when part.Kind == PartKinds.LastModified => "Nothing in the content depends on it; where bits must be equal, give the asset's file the commit's time before the build: <Touch Files=\"…\" Time=\"…\" />.",
            CauseClass.FileTime when task is "PackTask" or "Pack" => "Set <DeterministicTimestamp>2000-01-01T00:00:00Z</DeterministicTimestamp>, or the variable SOURCE_DATE_EPOCH, so that entries of the package carry a fixed time.",
            CauseClass.FileTime when part.Kind == PartKinds.EntryTime => "Give every entry a fixed time: with <Touch Files=\"…\" Time=\"…\" /> before archiving, or tar --mtime.",
            CauseClass.FileTime => $"Leave {it} out: git keeps no modification times, so every clone has others.",
            // The id of a tag helper, or the first line of what Razor generates, embedded in a PDB. The compiler's maps come too late for both.
            CauseClass.AbsolutePath when CauseClassifier.IsPlaceInRazor(part.Left, part.Right) || part.Left.Contains("#pragma checksum \"", StringComparison.Ordinal) => "Razor writes the full path of each page into what it generates, and has no setting for it: build what is shipped in the same folder everywhere, as a container's or a CI's fixed folder is.",
            CauseClass.AbsolutePath => $"Write {it} relative to the project or the output, or map it: {PathMap} for what the compiler writes.",
            CauseClass.HomeFolder => $"Leave {it} out: nothing of the user's folder belongs in an output.",
            CauseClass.UserName => part.Kind == PartKinds.EntryOwner ? "Give every entry a fixed owner: tar --owner=0 --group=0 --numeric-owner." : $"Leave {it} out: who builds must not matter.",
            CauseClass.HostName => $"Leave {it} out: where it is built must not matter.",
            CauseClass.EnvironmentVariable => $"Take {it} from a file of the repository instead of a variable, or set the variable to a fixed value in the build itself.",
            CauseClass.Random when part.Kind == PartKinds.PackageId => "Pack with the SDK of this repository's global.json: its packages name that part by content.",
            CauseClass.Random => $"Derive {it} from the content it names, or from the project's name and version, instead of drawing it by lot.",
            CauseClass.Order => $"Sort {(origin.Length > 0 ? origin : "the list")} before it is written, ordinally: file systems list files in any order.",
            CauseClass.Race => "Let one task write the file after the others are done, or sort what it collects before it is written.",
            CauseClass.Culture => $"Format {it} with CultureInfo.InvariantCulture, and sort and change case ordinally.",
            CauseClass.GitMetadata => part.Kind == PartKinds.SourceLink || part.Left.Length == 0 || part.Right.Length == 0 || part.Kind == PartKinds.Attribute
                ? "Build from a clone with its .git folder, or leave the commit out: <IncludeSourceRevisionInInformationalVersion>false</IncludeSourceRevisionInInformationalVersion> and <EnableSourceControlManagerQueries>false</EnableSourceControlManagerQueries>."
                : $"Build from a clone with its whole history, and ask git for full hashes instead of abbreviations.",
            CauseClass.Compression => "Compress once and keep the result, or with a library that is part of the build instead of the machine's; for static web assets <CompressionEnabled>false</CompressionEnabled>.",
            CauseClass.ProcessorCount => $"Leave {it} out: decide at run time how many processors there are.",
            CauseClass.FileMode => "Set the modes explicitly, for example tar --mode=a+rX,go-w.",
            CauseClass.DebugPath => $"Map the paths: {PathMap} in Directory.Build.props, or build with -p:ContinuousIntegrationBuild=true, which sets DeterministicSourcePaths.",
            CauseClass.NotDeterministic => "Remove <Deterministic>false</Deterministic>: the compiler is deterministic by itself.",
            CauseClass.LineEnds => "Write line ends explicitly, and keep the sources' by .gitattributes: * text=auto eol=lf.",
            CauseClass.Follows => "Mend the other difference: this one goes with it.",
            _ => "",
        };
    }
}
