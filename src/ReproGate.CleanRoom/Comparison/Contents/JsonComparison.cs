using System.Text.Json;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares two JSON texts by property.</summary>
internal static class JsonComparison
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    /// <summary>Notes the properties that differ.</summary>
    /// <returns>False where none does, so that the difference lies in the text's form.</returns>
    /// <exception cref="JsonException">A text is no JSON.</exception>
    public static bool Compare(Differ differ, string where, string left, string right)
    {
        using JsonDocument leftDocument = JsonDocument.Parse(left, Lenient);
        using JsonDocument rightDocument = JsonDocument.Parse(right, Lenient);
        return Compare(differ, where, "", leftDocument.RootElement, rightDocument.RootElement);
    }

    private static bool Compare(Differ differ, string where, string path, JsonElement left, JsonElement right)
    {
        differ.Cancellation.ThrowIfCancellationRequested();
        if (left.ValueKind == JsonValueKind.Object && right.ValueKind == JsonValueKind.Object)
        {
            return CompareObjects(differ, where, path, left, right);
        }

        if (left.ValueKind == JsonValueKind.Array && right.ValueKind == JsonValueKind.Array)
        {
            return CompareArrays(differ, where, path, left, right);
        }

        string leftText = Text(left);
        string rightText = Text(right);
        if (leftText == rightText && left.ValueKind == right.ValueKind)
        {
            return false;
        }

        Add(differ, where, path, leftText, rightText);
        return true;
    }

    private static bool CompareObjects(Differ differ, string where, string path, JsonElement left, JsonElement right)
    {
        Dictionary<string, JsonElement> leftMembers = Members(left);
        Dictionary<string, JsonElement> rightMembers = Members(right);
        bool header = leftMembers.TryGetValue("Name", out JsonElement name) && name.ValueKind == JsonValueKind.String && name.ValueEquals("Last-Modified");
        bool any = false;
        foreach ((string member, JsonElement value) in leftMembers)
        {
            string inner = path.Length == 0 ? member : $"{path}:{member}";
            if (!rightMembers.TryGetValue(member, out JsonElement other))
            {
                Add(differ, where, inner, Text(value), "");
                any = true;
            }
            else if (header && member == "Value" && Text(value) != Text(other))
            {
                differ.Add(Differ.Inside(where, inner), PartKinds.LastModified, Text(value), Text(other));
                any = true;
            }
            else
            {
                any |= Compare(differ, where, inner, value, other);
            }
        }

        foreach ((string member, JsonElement value) in rightMembers.Where(pair => !leftMembers.ContainsKey(pair.Key)))
        {
            Add(differ, where, path.Length == 0 ? member : $"{path}:{member}", "", Text(value));
            any = true;
        }

        if (!any && !leftMembers.Keys.SequenceEqual(rightMembers.Keys))
        {
            differ.Add(Differ.Inside(where, path.Length == 0 ? "properties" : path), PartKinds.Order, string.Join(", ", leftMembers.Keys), string.Join(", ", rightMembers.Keys));
            any = true;
        }

        return any;
    }

    private static bool CompareArrays(Differ differ, string where, string path, JsonElement left, JsonElement right)
    {
        JsonElement[] leftItems = [.. left.EnumerateArray()];
        JsonElement[] rightItems = [.. right.EnumerateArray()];
        string[] leftTexts = [.. leftItems.Select(Text)];
        string[] rightTexts = [.. rightItems.Select(Text)];
        if (leftTexts.SequenceEqual(rightTexts))
        {
            return false;
        }

        if (leftTexts.Length > 1 && leftTexts.Order(StringComparer.Ordinal).SequenceEqual(rightTexts.Order(StringComparer.Ordinal)))
        {
            differ.Add(Differ.Inside(where, path.Length == 0 ? "[]" : path), PartKinds.Order, string.Join(", ", leftTexts), string.Join(", ", rightTexts));
            return true;
        }

        bool any = false;
        for (int index = 0; index < Math.Max(leftItems.Length, rightItems.Length); index++)
        {
            string inner = $"{path}[{index}]";
            if (index >= leftItems.Length || index >= rightItems.Length)
            {
                Add(differ, where, inner, leftTexts.ElementAtOrDefault(index) ?? "", rightTexts.ElementAtOrDefault(index) ?? "");
                any = true;
            }
            else if (leftTexts[index] != rightTexts[index])
            {
                any |= Compare(differ, where, inner, leftItems[index], rightItems[index]);
            }
        }

        return any;
    }

    // A document may repeat a member; the last one counts, as everywhere in .NET.
    private static Dictionary<string, JsonElement> Members(JsonElement element)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            members[property.Name] = property.Value;
        }

        return members;
    }

    private static void Add(Differ differ, string where, string path, string left, string right) =>
        differ.Add(Differ.Inside(where, path.Length == 0 ? "(whole)" : path), PartKinds.JsonValue, left, right);

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
