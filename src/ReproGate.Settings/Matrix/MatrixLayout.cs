namespace ReproGate.Settings.Matrix;

/// <summary>Where in the bytes of a matrix rows stand and new ones go.</summary>
internal sealed class MatrixLayout
{
    /// <summary>Bytes before the text: the byte order mark's.</summary>
    public int Skipped { get; set; }

    /// <summary>Begin and end of each row, in the order of the file.</summary>
    public List<(int Start, int End)> Rows { get; } = [];

    public MatrixGap Environments { get; set; } = new(0, false);

    public MatrixGap Apps { get; set; } = new(0, false);

    public MatrixGap Keys { get; set; } = new(0, false);
}

/// <summary>The end of an object's members.</summary>
/// <param name="Offset">Behind the last member and its comma.</param>
/// <param name="NeedsComma">Whether a comma must come before the next.</param>
internal sealed record MatrixGap(int Offset, bool NeedsComma);
