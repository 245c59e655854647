namespace ReproGate.Assemblies.Configuration;

/// <summary>
/// What is known of places in a heap of the metadata. A dictionary would do; this one asks no comparer, divides nothing, and lies in small
/// pages: the arrays of a dictionary of some thousand entries are so large that the garbage collector treats making each like an occasion to look through all memory.
/// </summary>
/// <param name="expected">About how many there will be.</param>
internal sealed class ByHandle<THandle, T>(int expected)
    where THandle : struct, IEquatable<THandle>
    where T : class
{
    private const int PageBits = 8;
    private const int PageSize = 1 << PageBits;

    private readonly List<Entry[]> _pages = [];

    // By the upper bits of the hash: the number of the first entry, counted from 1.
    private int[] _first = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(expected, 16, 1 << 14))];
    private int _count;

    /// <summary>What is known of a place; null for nothing.</summary>
    public T? Find(THandle handle)
    {
        for (int number = _first[Bucket(handle, _first.Length)]; number != 0;)
        {
            ref Entry entry = ref At(number);
            if (entry.Handle.Equals(handle))
            {
                return entry.Value;
            }

            number = entry.Next;
        }

        return null;
    }

    /// <summary>Keeps what is known of a place of which nothing is known yet.</summary>
    public void Add(THandle handle, T value)
    {
        if (_count == _first.Length)
        {
            Grow();
        }

        if (_count == _pages.Count << PageBits)
        {
            _pages.Add(new Entry[PageSize]);
        }

        _count++;
        ref int first = ref _first[Bucket(handle, _first.Length)];
        At(_count) = new Entry { Handle = handle, Value = value, Next = first };
        first = _count;
    }

    private void Grow()
    {
        var larger = new int[2 * _first.Length];
        for (int number = 1; number <= _count; number++)
        {
            ref Entry entry = ref At(number);
            ref int first = ref larger[Bucket(entry.Handle, larger.Length)];
            entry.Next = first;
            first = number;
        }

        _first = larger;
    }

    private ref Entry At(int number) => ref _pages[(number - 1) >> PageBits][(number - 1) & (PageSize - 1)];

    // A handle's hash is its offset: multiplied by the golden ratio, its upper bits are spread evenly.
    private static int Bucket(THandle handle, int buckets) => (int)(((ulong)((uint)handle.GetHashCode() * 0x9E37_79B1u) * (uint)buckets) >> 32);

    private struct Entry
    {
        public THandle Handle;
        public int Next;
        public T Value;
    }
}
