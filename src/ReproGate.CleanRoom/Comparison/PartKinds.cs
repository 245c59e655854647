using System.Collections.Frozen;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>What can differ inside an output. The words stand in reports.</summary>
public static class PartKinds
{
    public const string Bytes = "bytes";
    public const string Size = "size";
    public const string Text = "text line";
    public const string LineEnds = "line ends";
    public const string Order = "order";
    public const string JsonValue = "JSON property";
    public const string XmlValue = "XML value";
    public const string XmlDocumentation = "XML documentation";
    public const string Entry = "entry";
    public const string Link = "link target";
    public const string MethodBody = "method body";
    public const string Constant = "string constant";
    public const string FieldConstant = "constant field";
    public const string FieldData = "initial data";
    public const string Member = "member";
    public const string Attribute = "attribute";
    public const string AssemblyReference = "assembly reference";
    public const string AssemblyIdentity = "assembly identity";
    public const string Resource = "resource";
    public const string DebugPath = "path of the PDB";
    public const string Document = "source document";
    public const string SourceLink = "source link";
    public const string CompilerOption = "compiler option";
    public const string CompilerReference = "compiler reference";
    public const string DebugInformation = "debug information";
    public const string Header = "header";
    public const string Signature = "signature";
    public const string Compression = "compression";
    public const string NotTested = "not tested";

    public const string Mode = "file mode";
    public const string EntryTime = "entry time";
    public const string EntryMode = "entry mode";
    public const string EntryOwner = "entry owner";
    public const string EntryOrder = "entry order";
    public const string PackageId = "package part name";
    public const string ModuleId = "module id (MVID)";
    public const string PdbId = "PDB id";
    public const string PdbChecksum = "PDB checksum";
    public const string PeTimestamp = "PE time stamp";
    public const string PeChecksum = "PE checksum";
    public const string LastModified = "Last-Modified";
    public const string DocumentChecksum = "source checksum";

    private static readonly FrozenSet<string> Metadata = FrozenSet.ToFrozenSet(
        [Mode, EntryTime, EntryMode, EntryOwner, EntryOrder, PackageId, ModuleId, PdbId, PdbChecksum, PeTimestamp, PeChecksum, LastModified],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Following = FrozenSet.ToFrozenSet(
        [ModuleId, PdbId, PdbChecksum, PeTimestamp, PeChecksum, Signature, Size, CompilerReference, DebugInformation],
        StringComparer.Ordinal);

    /// <summary>Whether a difference of this kind changes nothing a program does.</summary>
    public static bool IsMetadata(string kind) => Metadata.Contains(kind);

    /// <summary>Whether a difference of this kind is only the consequence of others: told last, never a cause.</summary>
    public static bool IsConsequence(string kind) => Following.Contains(kind);
}
