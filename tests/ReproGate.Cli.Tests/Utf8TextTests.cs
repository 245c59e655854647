using ReproGate.Cli.Building;

namespace ReproGate.Cli.Tests;

/// <summary>Files keep the byte order mark they have, and get none.</summary>
public sealed class Utf8TextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reprogate-text").FullName;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_mark_stays_with_the_file_and_out_of_its_text(bool marked)
    {
        byte[] mark = marked ? [0xEF, 0xBB, 0xBF] : [];
        string path = Path.Combine(_folder, "Directory.Build.props");
        File.WriteAllBytes(path, [.. mark, .. "<Project />"u8]);
        Assert.Equal("<Project />", Utf8Text.Read(path));

        Utf8Text.Write(path, "<Project>é</Project>");
        Assert.Equal([.. mark, .. "<Project>é</Project>"u8], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_new_file_gets_no_mark()
    {
        string path = Path.Combine(_folder, "new");
        Assert.Null(Utf8Text.Read(path));
        Utf8Text.Write(path, "x");
        Assert.Equal("x"u8.ToArray(), File.ReadAllBytes(path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
