using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace ReproGate.Assemblies.Reading;

/// <summary>Finds source places in a portable PDB: of an instruction, of a method, of a type.</summary>
internal sealed class SourceMap(MetadataReader metadata, MetadataReader? symbols, Func<string, bool> isGenerated, Effort effort)
{
    // Documents of a type without method bodies (https://github.com/dotnet/runtime/blob/main/docs/design/specs/PortablePdb-Metadata.md).
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly Dictionary<int, Document> _documents = [];
    private readonly Dictionary<int, TypePlace> _types = [];

    /// <summary>Whether there are symbols at all.</summary>
    public bool HasSymbols => symbols is not null;

    /// <summary>The document's text form and whether it is generated.</summary>
    public Document GetDocument(DocumentHandle handle)
    {
        int row = MetadataTokens.GetRowNumber(handle);
        if (!_documents.TryGetValue(row, out Document? document))
        {
            string name = symbols!.GetString(symbols.GetDocument(handle).Name);
            effort.Spend(name.Length);
            document = new Document(name, isGenerated(name));
            _documents[row] = document;
        }

        return document;
    }

    /// <summary>The document of a method whose code all comes from one document; null where it has none or several.</summary>
    public Document? SingleDocument(MethodDefinitionHandle method)
    {
        if (symbols is null || MetadataTokens.GetRowNumber(method) > symbols.MethodDebugInformation.Count)
        {
            return null;
        }

        DocumentHandle handle = symbols.GetMethodDebugInformation(method).Document;
        return handle.IsNil ? null : GetDocument(handle);
    }

    /// <summary>The visible sequence points of a method in order of offset; empty where there are none.</summary>
    public void ReadPoints(MethodDefinitionHandle method, Rows<SourcePoint> points)
    {
        points.Clear();
        if (symbols is null || MetadataTokens.GetRowNumber(method) > symbols.MethodDebugInformation.Count)
        {
            return;
        }

        MethodDebugInformation information = symbols.GetMethodDebugInformation(method);
        if (information.SequencePointsBlob.IsNil)
        {
            return;
        }

        effort.Spend(symbols.GetBlobReader(information.SequencePointsBlob).Length);
        DocumentHandle last = default;
        Document? document = null;
        foreach (SequencePoint point in information.GetSequencePoints())
        {
            if (!point.IsHidden)
            {
                // A method is mostly in one document.
                if (document is null || point.Document != last)
                {
                    last = point.Document;
                    document = GetDocument(last);
                }

                points.Add(new SourcePoint(point.Offset, new SourcePlace(document, point.StartLine, point.StartColumn)));
            }
        }
    }

    /// <summary>Where a method begins; null where it has no visible code.</summary>
    public SourcePlace? OfMethod(MethodDefinitionHandle method)
    {
        if (symbols is null || MetadataTokens.GetRowNumber(method) > symbols.MethodDebugInformation.Count)
        {
            return null;
        }

        MethodDebugInformation information = symbols.GetMethodDebugInformation(method);
        if (information.SequencePointsBlob.IsNil)
        {
            return null;
        }

        foreach (SequencePoint point in information.GetSequencePoints())
        {
            effort.Spend(1);
            if (!point.IsHidden)
            {
                return new SourcePlace(GetDocument(point.Document), point.StartLine, point.StartColumn);
            }
        }

        return null;
    }

    /// <summary>
    /// The first place of a type: its first method's, else its document without line, else the document of the type around it, which is the same
    /// but where that is partial; null where nothing is known.
    /// </summary>
    public SourcePlace? OfType(TypeDefinitionHandle type)
    {
        const int mostNesting = 32;
        if (symbols is null)
        {
            return null;
        }

        SourcePlace? place = OwnPlace(type);
        for (int depth = 0; place is null && depth < mostNesting; depth++)
        {
            effort.Spend(1);
            type = metadata.GetTypeDefinition(type).GetDeclaringType();
            if (type.IsNil)
            {
                return null;
            }

            place = OwnPlace(type) is { } around ? around with { Line = 0, Column = 0 } : null;
        }

        return place;
    }

    private SourcePlace? OwnPlace(TypeDefinitionHandle type)
    {
        int row = MetadataTokens.GetRowNumber(type);
        if (_types.TryGetValue(row, out TypePlace? known))
        {
            return known.Place;
        }

        SourcePlace? place = null;
        foreach (MethodDefinitionHandle method in metadata.GetTypeDefinition(type).GetMethods())
        {
            effort.Spend(1);
            place = OfMethod(method);
            if (place is not null)
            {
                break;
            }
        }

        place ??= DeclaredDocument(type);
        _types[row] = new TypePlace(place);
        return place;
    }

    private SourcePlace? DeclaredDocument(TypeDefinitionHandle type)
    {
        foreach (CustomDebugInformationHandle handle in symbols!.GetCustomDebugInformation(type))
        {
            CustomDebugInformation information = symbols.GetCustomDebugInformation(handle);
            effort.Spend(1);
            if (symbols.GetGuid(information.Kind) == TypeDefinitionDocuments)
            {
                BlobReader blob = symbols.GetBlobReader(information.Value);
                return new SourcePlace(GetDocument(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger())), 0, 0);
            }
        }

        return null;
    }

    // By reference, for the same reason as Rows.
    private sealed record TypePlace(SourcePlace? Place);
}

/// <summary>A source document of a PDB.</summary>
internal sealed record Document(string Name, bool Generated);

/// <summary>A place in a document; line and column are one-based, 0 where unknown.</summary>
internal readonly record struct SourcePlace(Document Document, int Line, int Column);

/// <summary>Where an instruction comes from.</summary>
/// <param name="Offset">Offset of the instruction in its method.</param>
/// <param name="Place">Its place.</param>
internal readonly record struct SourcePoint(int Offset, SourcePlace Place);
