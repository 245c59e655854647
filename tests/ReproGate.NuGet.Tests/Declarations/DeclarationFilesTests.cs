using ReproGate.Facts;
using ReproGate.NuGet.Declarations;

namespace ReproGate.NuGet.Tests.Declarations;

/// <summary>A declaration is read once while it stays as it is, and never from memory when it has changed or gone.</summary>
public sealed class DeclarationFilesTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("reprogate-declarations-").FullName, "declaration.net10.0");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public void What_stays_is_read_once_and_what_changes_or_goes_is_seen()
    {
        var files = new DeclarationFiles();
        Assert.Null(files.Read(_file));

        File.WriteAllBytes(_file, Declaration("Lib"));
        DeclarationFile first = files.Read(_file)!;
        Assert.Equal("Lib", first.Name);
        Assert.Same(first, files.Read(_file));

        // As long as the old one: only its time differs.
        File.WriteAllBytes(_file, Declaration("App"));
        File.SetLastWriteTimeUtc(_file, File.GetLastWriteTimeUtc(_file).AddSeconds(2));
        Assert.Equal("App", files.Read(_file)!.Name);

        DateTime written = File.GetLastWriteTimeUtc(_file);
        File.WriteAllBytes(_file, Declaration("Application"));
        File.SetLastWriteTimeUtc(_file, written);
        Assert.Equal("Application", files.Read(_file)!.Name);

        File.WriteAllText(_file, "{ \"path\": ");
        Assert.Null(files.Read(_file));
        File.Delete(_file);
        Assert.Null(files.Read(_file));
    }

    private static byte[] Declaration(string name) => DeclarationFile.Write(new RestoreDeclaration { ProjectPath = "/src/x.csproj", ProjectName = name, LockFilePath = "/src/packages.lock.json" }, []);
}
