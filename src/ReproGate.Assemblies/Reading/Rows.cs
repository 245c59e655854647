namespace ReproGate.Assemblies.Reading;

/// <summary>
/// A list of value types whose code is compiled ahead with this assembly. That of List&lt;T&gt; stands in the runtime, which has none for types of ours and
/// compiles it in every node of a build that uses it: ten methods for each such type
/// (https://github.com/dotnet/runtime/blob/main/docs/design/coreclr/botr/readytorun-overview.md, "Generics").
/// </summary>
internal sealed class Rows<T>
    where T : struct
{
    private T[] _rows = new T[16];

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>One row.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such row.</exception>
    public ref readonly T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Count)
            {
                throw new IndexOutOfRangeException();
            }

            return ref _rows[index];
        }
    }

    /// <summary>Adds a row at the end.</summary>
    public void Add(T row)
    {
        if (Count == _rows.Length)
        {
            var more = new T[Count * 2];
            Array.Copy(_rows, more, Count);
            _rows = more;
        }

        _rows[Count++] = row;
    }

    /// <summary>Takes all rows away and keeps their memory.</summary>
    public void Clear() => Count = 0;

    /// <summary>Brings the rows into order; rows that are alike may change places.</summary>
    public void Sort(Comparison<T> comparison)
    {
        // Most are in order, and sorting is the runtime's.
        for (int i = 1; i < Count; i++)
        {
            if (comparison(_rows[i - 1], _rows[i]) > 0)
            {
                _rows.AsSpan(0, Count).Sort(comparison);
                return;
            }
        }
    }
}
