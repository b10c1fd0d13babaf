"""What a photo says of the faces in it: landmarks, how sure they are, and soft masks of skin, hair and glasses."""
