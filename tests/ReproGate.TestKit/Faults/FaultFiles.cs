using System.IO.Compression;

namespace ReproGate.TestKit;

/// <summary>The files of a repository that faults are put into: its own, its packages folder, its home and its folder feed.</summary>
public sealed class FaultFiles(TestRepository repository)
{
    private (string Token, string Folder)[] Folders => [("{packages}", repository.Packages), ("{home}", repository.Home), ("{feed}", repository.Feed), ("", repository.Root)];

    /// <summary>The absolute path of a place's file, and its line (0 where the place names none).</summary>
    /// <exception cref="InvalidOperationException">The text of the line does not occur.</exception>
    public (string File, int Line) Resolve(FaultPlace place)
    {
        string path = PathOf(place.File);
        if (place.Find is null)
        {
            return (path, 0);
        }

        int index = Array.FindIndex(File.ReadAllLines(path), line => line.Contains(place.Find, StringComparison.Ordinal));
        return index >= 0 ? (path, index + 1 + place.Below) : throw new InvalidOperationException($"'{place.Find}' does not occur in {path}");
    }

    /// <summary>A path as a person reads it: relative to the repository where it lies there, else by the folder it lies in.</summary>
    public string Shorten(string path)
    {
        foreach ((string token, string folder) in Folders)
        {
            if (path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                string relative = path[(folder.Length + 1)..];
                return token.Length == 0 ? relative : $"{token}/{relative}";
            }
        }

        return path;
    }

    /// <summary>A text with every path in it as a person reads it.</summary>
    public string ShortenAll(string text) => Folders.Aggregate(text, static (shortened, folder) =>
        shortened.Replace(folder.Folder + Path.DirectorySeparatorChar, folder.Token.Length == 0 ? "" : folder.Token + "/", StringComparison.Ordinal));

    /// <summary>The absolute path of a file, as <see cref="FaultPlace.File"/> names it.</summary>
    public string PathOf(string file)
    {
        foreach ((string token, string folder) in Folders)
        {
            if (token.Length > 0 && file.StartsWith(token + "/", StringComparison.Ordinal))
            {
                return Path.Combine(folder, file[(token.Length + 1)..].Replace('/', Path.DirectorySeparatorChar));
            }
        }

        return repository.PathOf(file);
    }

    /// <summary>Makes one change.</summary>
    /// <exception cref="InvalidOperationException">The text to replace does not occur, or the edit says nothing to do.</exception>
    public void Apply(FaultEdit edit)
    {
        string path = PathOf(edit.File);
        if (edit.Replace is not null)
        {
            string content = File.ReadAllText(path);
            File.WriteAllText(path, content.Contains(edit.Replace, StringComparison.Ordinal)
                ? content.Replace(edit.Replace, edit.With, StringComparison.Ordinal)
                : throw new InvalidOperationException($"'{edit.Replace}' does not occur in {path}:\n{content}"));
        }
        else if (edit.Write is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Folders.Where(static folder => folder.Token.Length > 0).Aggregate(edit.Write, static (text, folder) => text.Replace(folder.Token, folder.Folder, StringComparison.Ordinal)));
        }
        else if (edit.Append is not null)
        {
            File.AppendAllText(path, edit.Append);
        }
        else if (edit.CopyOf is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(PathOf(edit.CopyOf), path);
        }
        else if (edit.MoveTo is not null)
        {
            string target = PathOf(edit.MoveTo);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(path, target);
        }
        else if (edit.Delete)
        {
            File.Delete(path);
        }
        else if (edit.Untrack)
        {
            repository.Git("rm", "--quiet", "--cached", edit.File);
        }
        else if (edit.AddEntry is not null)
        {
            using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update);
            using var writer = new StreamWriter(zip.CreateEntry(edit.AddEntry).Open());
            writer.Write("injected");
        }
        else if (edit.FlipByte)
        {
            DateTime written = File.GetLastWriteTimeUtc(path);
            byte[] bytes = File.ReadAllBytes(path);
            bytes[bytes.Length / 2] ^= 0xFF;
            File.WriteAllBytes(path, bytes);
            File.SetLastWriteTimeUtc(path, written);
        }
        else
        {
            throw new InvalidOperationException($"An edit of {edit.File} says nothing to do.");
        }
    }
}
