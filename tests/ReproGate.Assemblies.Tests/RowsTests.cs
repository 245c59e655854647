using ReproGate.Assemblies.Reading;

namespace ReproGate.Assemblies.Tests;

public sealed class RowsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void Every_row_is_kept_and_none_is_there_after_a_clear(int count)
    {
        var rows = new Rows<int>();
        for (int i = 0; i < count; i++)
        {
            rows.Add(i * 2);
        }

        Assert.Equal(Enumerable.Range(0, count).Select(static i => i * 2), Enumerable.Range(0, rows.Count).Select(i => rows[i]));
        Assert.Throws<IndexOutOfRangeException>(() => rows[count]);
        rows.Clear();
        Assert.Equal(0, rows.Count);
        Assert.Throws<IndexOutOfRangeException>(() => rows[0]);
    }

    /// <summary>What stood in the memory before a clear is no row, and is not sorted into them.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("1 2 3")]
    [InlineData("2 1 3")]
    [InlineData("1 2 3 0")]
    [InlineData("5 5 4 9 4")]
    public void Rows_come_into_order_wherever_the_first_one_out_of_it_stands(string numbers)
    {
        int[] given = [.. numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        var rows = new Rows<int>();
        for (int i = 0; i < 20; i++)
        {
            rows.Add(-i);
        }

        rows.Clear();
        foreach (int number in given)
        {
            rows.Add(number);
        }

        rows.Sort(static (left, right) => left.CompareTo(right));

        Assert.Equal(given.Order(), Enumerable.Range(0, rows.Count).Select(i => rows[i]));
    }
}
