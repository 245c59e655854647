using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using ReproGate.Assemblies.Reading;

namespace ReproGate.Assemblies.Configuration;

/// <summary>
/// The attributes of types, methods, properties and parameters. The metadata's table is sorted by what they belong to (ECMA-335 II.22), and the
/// library searches it for each question, also where the answer is none; here it is gone through once.
/// </summary>
internal sealed class AttributeRows
{
    private readonly MetadataReader _metadata;

    // By table and row of what they belong to: the first attribute and the one behind the last.
    private readonly (int First, int End)[]?[] _runs = new (int, int)[(int)HandleKind.PropertyDefinition + 1][];
    private readonly bool _isSorted;

    public AttributeRows(MetadataReader metadata, Effort effort)
    {
        _metadata = metadata;
        foreach (TableIndex table in (ReadOnlySpan<TableIndex>)[TableIndex.TypeDef, TableIndex.MethodDef, TableIndex.Param, TableIndex.Property])
        {
            _runs[(int)table] = new (int, int)[metadata.GetTableRowCount(table) + 1];
        }

        _isSorted = Read(effort);
    }

    /// <summary>The attributes of something, in their order.</summary>
    public Found Of(EntityHandle owner)
    {
        int row = MetadataTokens.GetRowNumber(owner);
        if (_isSorted && (uint)owner.Kind < (uint)_runs.Length && _runs[(int)owner.Kind] is { } runs && row < runs.Length)
        {
            (int first, int end) = runs[row];
            return new Found(first, end, null);
        }

        CustomAttributeHandle[] handles = [.. _metadata.GetCustomAttributes(owner)];
        return new Found(0, handles.Length, handles);
    }

    // False for a table that is not sorted, or damaged.
    private bool Read(Effort effort)
    {
        EntityHandle last = default;
        int count = _metadata.GetTableRowCount(TableIndex.CustomAttribute);
        effort.Spend(count);
        for (int row = 1; row <= count; row++)
        {
            EntityHandle owner;
            try
            {
                owner = _metadata.GetCustomAttribute(MetadataTokens.CustomAttributeHandle(row)).Parent;
            }
            catch (BadImageFormatException)
            {
                return false;
            }

            if ((uint)owner.Kind >= (uint)_runs.Length || _runs[(int)owner.Kind] is not { } runs || MetadataTokens.GetRowNumber(owner) >= runs.Length)
            {
                last = owner;
                continue;
            }

            ref (int First, int End) run = ref runs[MetadataTokens.GetRowNumber(owner)];
            if (owner != last && run.First > 0)
            {
                return false;
            }

            run = (owner == last ? run.First : row, row + 1);
            last = owner;
        }

        return true;
    }

    /// <summary>Attributes to go through.</summary>
    internal struct Found(int first, int end, CustomAttributeHandle[]? handles)
    {
        private int _at = first - 1;

        public readonly CustomAttributeHandle Current => handles is null ? MetadataTokens.CustomAttributeHandle(_at) : handles[_at];

        public readonly Found GetEnumerator() => this;

        public bool MoveNext() => ++_at < end;
    }
}
