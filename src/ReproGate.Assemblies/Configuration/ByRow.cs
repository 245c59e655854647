using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace ReproGate.Assemblies.Configuration;

/// <summary>What is known of rows of some metadata tables: an array for each table, since most rows are met and a body asks at every other instruction.</summary>
internal sealed class ByRow<T>
    where T : class
{
    // By table: the kind of a handle is the number of its table.
    private readonly T?[]?[] _tables = new T?[(int)HandleKind.GenericParameterConstraint + 1][];

    /// <summary>Makes room for every row of the tables.</summary>
    public ByRow(MetadataReader metadata, params ReadOnlySpan<TableIndex> tables)
    {
        foreach (TableIndex table in tables)
        {
            _tables[(int)table] = new T?[metadata.GetTableRowCount(table) + 1];
        }
    }

    /// <summary>What is known of a row; null for nothing, and for a row that the metadata does not have.</summary>
    public T? Find(EntityHandle handle)
    {
        T?[]? rows = TableOf(handle);
        int row = MetadataTokens.GetRowNumber(handle);
        return rows is not null && (uint)row < (uint)rows.Length ? rows[row] : null;
    }

    /// <summary>Keeps what is known of a row; a row that the metadata does not have is forgotten.</summary>
    public void Add(EntityHandle handle, T value)
    {
        T?[]? rows = TableOf(handle);
        int row = MetadataTokens.GetRowNumber(handle);
        if (rows is not null && (uint)row < (uint)rows.Length)
        {
            rows[row] = value;
        }
    }

    private T?[]? TableOf(EntityHandle handle) => (uint)handle.Kind < (uint)_tables.Length ? _tables[(int)handle.Kind] : null;
}
