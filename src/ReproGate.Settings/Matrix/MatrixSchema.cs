namespace ReproGate.Settings.Matrix;

/// <summary>The JSON schema of <c>reprogate.env.json</c>, for editors.</summary>
public static class MatrixSchema
{
    /// <summary>The name of its file.</summary>
    public const string FileName = "reprogate.env.schema.json";

    /// <summary>Its text, UTF-8.</summary>
    public static byte[] Read()
    {
        using Stream stream = typeof(MatrixSchema).Assembly.GetManifestResourceStream(FileName)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
